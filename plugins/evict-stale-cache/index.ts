import { definePlugin } from '../../src/plugin-sdk/index.js';
import { configSchema, Systems } from './systems.js';

/** Takes stale entries out of caches, and measures how well a cache does. */
export default definePlugin({
  id: 'evict-stale-cache',
  sdk: 1,
  version: '1.0.0',
  config: configSchema,
  connect: async (config) => new Systems(config),
  close: (systems) => systems.close(),
  provide: () => ({ actions: {} }),
});
