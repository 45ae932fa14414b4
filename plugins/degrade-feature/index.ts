import { definePlugin } from '../../src/plugin-sdk/index.js';
import { configSchema, Systems } from './systems.js';

/** Turns features off and on again, wherever the switch is kept. */
export default definePlugin({
  id: 'degrade-feature',
  sdk: 1,
  version: '1.0.0',
  config: configSchema,
  connect: async (config) => new Systems(config),
  close: (systems) => systems.close(),
  provide: () => ({ actions: {} }),
});
