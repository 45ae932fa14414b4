import { createHash } from 'node:crypto';
import plugin from '../../plugins/evict-stale-cache/index.js';
import { EVICT } from '../../plugins/evict-stale-cache/redis/scripts.js';
import type { PluginLog } from '../../src/plugin-sdk/index.js';
import { describeActionFaults } from '../rig/action-faults.js';
import { startCacheRedis } from '../rig/cache-redis.js';
import { cacheConfig, contentsOf } from './evict-redis-kit.js';

const PASSWORD = 'canary-77d0c2';
// A batch is sent by the name of its script.
const BATCH = createHash('sha1').update(EVICT.flagged).digest('hex');

const forms: readonly [what: string, keys: number][] = [
  ['planned key by key and kept', 100],
  ['found while it goes, and never to be put back', 0],
];

for (const [what, keys] of forms)
  describeActionFaults(`evict-stale-cache/redis, ${what}`, {
    action: 'redis',
    knowsCredentials: true,
    start: async () => {
      const cache = await startCacheRedis([], PASSWORD);
      const made = (password: string) => (address: string, log: PluginLog) =>
        plugin.instantiate(
          cacheConfig(
            Number(address.split(':')[1]),
            { password, limits: { percent: 100 }, restorable: { keys } },
            '700ms',
          ),
          log,
        );
      return {
        address: `127.0.0.1:${cache.port}`,
        plugin: made(PASSWORD),
        refused: made('wrong-canary-77d0c2'),
        params: { cache: 'main', match: 'config:*', idleLongerThan: '5m' },
        isWrite: (piece) => piece.includes(BATCH),
        read: () => contentsOf(cache.redis),
        reset: async () => {
          await cache.redis.flushall();
          await cache.putIdle(
            Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`config:${i}`, `v${i}`])),
            1_000,
          );
        },
        stop: () => cache.stop(),
      };
    },
  });
