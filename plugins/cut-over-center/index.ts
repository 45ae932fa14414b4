import { definePlugin } from '../../src/plugin-sdk/index.js';
import { haproxyActions } from './haproxy/actions.js';
import { configSchema, Systems } from './systems.js';

/** Moves users and their data from one centre to another, and measures whether that can be done. */
export default definePlugin({
  id: 'cut-over-center',
  sdk: 1,
  version: '2.0.0',
  config: configSchema,
  connect: async (config) => new Systems(config),
  close: (systems) => systems.close(),
  provide: (kit) => ({
    actions: { ...haproxyActions(kit) },
    probes: {},
  }),
});
