import { definePlugin } from '../../src/plugin-sdk/index.js';
import { diskWatermarkProbes } from './disk-watermark/probes.js';
import { healthScoreProbes } from './health-score/probes.js';
import { httpPurgeActions } from './http-purge/actions.js';
import { memcachedActions } from './memcached/actions.js';
import { redisActions } from './redis/actions.js';
import { configSchema, Systems } from './systems.js';
import { varnishActions } from './varnish/actions.js';

/** Takes stale entries out of caches, and measures how well a cache does. */
export default definePlugin({
  id: 'evict-stale-cache',
  sdk: 1,
  version: '1.0.0',
  config: configSchema,
  connect: async (config) => new Systems(config),
  close: (systems) => systems.close(),
  provide: (kit) => ({
    actions: {
      ...redisActions(kit),
      ...memcachedActions(kit),
      ...varnishActions(kit),
      ...httpPurgeActions(kit),
    },
    probes: {
      ...healthScoreProbes(kit),
      ...diskWatermarkProbes(kit),
    },
  }),
});
