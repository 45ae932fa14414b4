import throttle from '../../plugins/throttle/index.js';
import type { Json, PluginLog } from '../../src/plugin-sdk/index.js';
import { describeActionFaults } from '../rig/action-faults.js';
import { startLoneRedis } from '../rig/lone-redis.js';
import { startPlainHaproxy } from '../rig/plain-haproxy.js';
import { freePort } from '../rig/processes.js';

// HAProxy knows no credentials, but sockets that allow less; whoever may look may change maps.
const haproxyCases: readonly [what: string, params: Json, knowsCredentials: boolean][] = [
  ['maxconn of a server', { of: { backend: 'centers', server: 'a' }, limit: 20 }, true],
  ['the entry of a map', { of: { map: 'rates', key: 'shop' }, limit: 20 }, false],
];

for (const [what, params, knowsCredentials] of haproxyCases)
  describeActionFaults(`throttle/haproxy, ${what}`, {
    action: 'haproxy',
    knowsCredentials,
    start: async () => {
      const [admin, looking] = [await freePort(), await freePort()];
      const haproxy = await startPlainHaproxy(
        (folder) => `
  stats socket ipv4@127.0.0.1:${admin} level admin
  stats socket ipv4@127.0.0.1:${looking} level user
defaults
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
frontend public
  bind ${folder}/public.sock
  http-request deny if { str(shop),map_str_int(${folder}/rates.map,9) lt 1 }
  default_backend centers
backend centers
  server a 127.0.0.1:1 maxconn 50
`,
        { 'rates.map': 'shop 100\n' },
      );
      const map = `${haproxy.folder}/rates.map`;
      const made = (endpoint: string, log: PluginLog) =>
        throttle.instantiate({ haproxy: { endpoint, maps: { rates: map }, timeout: '700ms' } }, log);
      return {
        address: `127.0.0.1:${admin}`,
        plugin: made,
        refused: (_, log) => made(`127.0.0.1:${looking}`, log),
        params,
        isWrite: (piece) => /set maxconn|(add|set|del) map/.test(piece.toString('latin1')),
        read: async () => {
          const rows = (await haproxy.tell('show stat centers 4 -1')).split('\n').slice(1);
          const entries = (await haproxy.tell(`show map ${map}`)).split('\n');
          return [rows.map((row) => row.split(',')[6] ?? ''), entries.map((row) => row.split(' ').slice(1).join(' '))];
        },
        reset: async () => {
          await haproxy.tell(`set maxconn server centers/a 50; set map ${map} shop 100`);
        },
        stop: () => haproxy.stop(),
      };
    },
  });

describeActionFaults('throttle/redis-bucket', {
  action: 'redis-bucket',
  knowsCredentials: true,
  start: async () => {
    const redis = await startLoneRedis({ password: 'canary-77af-right' });
    const made = (password: string) => (address: string, log: PluginLog) => {
      const limits = { prefix: 'limit:', host: '127.0.0.1', port: Number(address.split(':')[1]), password };
      return throttle.instantiate({ redisBucket: { servers: { limits }, timeout: '700ms' } }, log);
    };
    return {
      address: `127.0.0.1:${redis.port}`,
      plugin: made('canary-77af-right'),
      refused: made('canary-77af-wrong'),
      params: { server: 'limits', bucket: 'search', limit: 20 },
      isWrite: (piece) => piece.includes("return 'written'"),
      read: () => redis.dump(),
      reset: async () => {
        await redis.client.flushall();
        await redis.client.hset('limit:search', { rate: '100', burst: '50' });
      },
      stop: () => redis.stop(),
    };
  },
});
