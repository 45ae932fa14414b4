import { definePlugin } from '../../src/plugin-sdk/index.js';
import { consistencyProbes } from './consistency/probes.js';
import { dnsActions } from './dns/actions.js';
import { etcdActions } from './etcd/actions.js';
import { envoyFileActions } from './envoy-file/actions.js';
import { haproxyActions } from './haproxy/actions.js';
import { healthProbes } from './health/probes.js';
import { postgresActions } from './postgres/actions.js';
import { postgresProbes } from './postgres/probes.js';
import { readinessProbes } from './readiness/probes.js';
import { redisActions, redisProbes } from './redis/actions.js';
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
    actions: {
      ...haproxyActions(kit),
      ...envoyFileActions(kit),
      ...dnsActions(kit),
      ...etcdActions(kit),
      ...postgresActions(kit),
      ...redisActions(kit),
    },
    probes: {
      ...healthProbes(kit),
      ...readinessProbes(kit),
      ...postgresProbes(kit),
      ...redisProbes(kit),
      ...consistencyProbes(kit),
    },
  }),
});
