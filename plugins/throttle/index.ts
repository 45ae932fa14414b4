import { definePlugin } from '../../src/plugin-sdk/index.js';
import { configSchema, Systems } from './systems.js';

/** Limits what a service is asked, at whatever stands before it, and lifts the limit in steps. */
export default definePlugin({
  id: 'throttle',
  sdk: 1,
  version: '1.0.0',
  config: configSchema,
  connect: async (config) => new Systems(config),
  close: (systems) => systems.close(),
  provide: () => ({ actions: {} }),
});
