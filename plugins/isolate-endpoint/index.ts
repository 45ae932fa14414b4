import { definePlugin } from '../../src/plugin-sdk/index.js';
import { nftablesActions } from './nftables/actions.js';
import { synProbes } from './syn/probes.js';
import { configSchema, Systems } from './systems.js';

/** Shuts out endpoints that are judged bad, at network level, and finds out which are. */
export default definePlugin({
  id: 'isolate-endpoint',
  sdk: 1,
  version: '1.0.0',
  config: configSchema,
  connect: async (config) => new Systems(config),
  close: () => {},
  provide: (kit) => ({ actions: { ...nftablesActions(kit) }, probes: { ...synProbes(kit) } }),
});
