import { definePlugin } from '../../src/plugin-sdk/index.js';
import { configSchema, Endpoints } from './endpoints.js';
import { haproxyAction } from './haproxy.js';

/** Moves users from one centre to another at the load balancer in front of them. */
export default definePlugin({
  id: 'cut-over-center',
  sdk: 1,
  version: '1.0.0',
  config: configSchema,
  connect: async (config) => new Endpoints(config),
  close: () => {}, // each command has a connection of its own
  provide: (kit) => ({ actions: { haproxy: haproxyAction(kit) } }),
});
