import evictStaleCache from '../../plugins/evict-stale-cache/index.js';
import type { Json, PluginLog } from '../../src/plugin-sdk/index.js';
import { describeActionFaults } from '../rig/action-faults.js';
import { startMemcached } from '../rig/memcached.js';
import { startVarnish } from '../rig/varnish.js';

const RIGHT = 'canary-51c8-right';
const WRONG = 'canary-51c8-wrong';

const memcachedCases: readonly [what: string, params: Json][] = [
  ['single entries', { cache: 'main', keys: ['session:1'] }],
  ['a namespace', { cache: 'main', namespace: 'catalogue' }],
];

for (const [what, params] of memcachedCases)
  describeActionFaults(`evict-stale-cache/memcached, ${what}`, {
    action: 'memcached',
    knowsCredentials: true,
    start: async () => {
      const username = 'firebreak';
      const server = await startMemcached({ username, password: RIGHT });
      const made = (password: string) => (address: string, log: PluginLog) => {
        const prefixed = { prefixes: ['session:'], namespaces: { catalogue: 'ns:catalogue' } };
        const main = { servers: { a: address }, ...prefixed, username, password };
        return evictStaleCache.instantiate({ memcached: { caches: { main }, timeout: '700ms' } }, log);
      };
      const set = (key: string, value: string) => server.tell(`ms ${key} ${value.length} T1000\r\n${value}`);
      const get = async (key: string) => (await server.tell(`get ${key}`)).split('\r\n')[1] ?? null;
      return {
        address: server.address,
        plugin: made(RIGHT),
        refused: made(WRONG),
        params,
        isWrite: (piece) => /(^|\n)m[ad] /.test(piece.toString('latin1')),
        read: async () => [await get('session:1'), await get('ns:catalogue')],
        reset: async () => {
          await set('session:1', 'one');
          await set('ns:catalogue', '9');
        },
        stop: () => server.stop(),
      };
    },
  });

describeActionFaults('evict-stale-cache/varnish', {
  action: 'varnish',
  knowsCredentials: true,
  start: async () => {
    const varnish = await startVarnish(`${RIGHT}\n`);
    const made = (secret: string) => (address: string, log: PluginLog) => {
      const web = { servers: { a: address }, secret, bans: { page: { url: 'req.url' } } };
      return evictStaleCache.instantiate({ varnish: { caches: { web }, timeout: '700ms' } }, log);
    };
    return {
      address: varnish.admin,
      plugin: made(RIGHT),
      refused: made(WRONG),
      params: { cache: 'web', ban: 'page', where: { url: '/products/1' } },
      isWrite: (piece) => piece.includes('ban req.url'),
      // No ban can be taken back, and Varnish drops those that a later one repeats: when it was made tells them apart.
      read: async () => (await varnish.bans()).find((ban) => ban.includes('/products/1'))?.split(' ')[0] ?? null,
      reset: async () => {},
      stop: () => varnish.stop(),
    };
  },
});
