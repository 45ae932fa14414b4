import cutOverCenter from '../../plugins/cut-over-center/index.js';
import { describeActionFaults } from '../rig/action-faults.js';
import { startEtcd } from '../rig/etcd.js';
import { startHaproxy } from '../rig/haproxy.js';

describeActionFaults('cut-over-center/haproxy', {
  action: 'haproxy',
  start: async () => {
    const haproxy = await startHaproxy({ a: '127.0.0.1:1', b: '127.0.0.1:1' });
    return {
      address: haproxy.admin,
      plugin: (endpoint, log) => cutOverCenter.instantiate({ endpoint, timeout: '700ms' }, log),
      params: { backend: 'centers', servers: [{ server: 'b', weight: 42 }] },
      isWrite: (piece) => piece.includes('set server'),
      read: async () =>
        (await haproxy.tell('show servers state centers'))
          .split('\n')
          .slice(2)
          .map((row) => row.split(' ').slice(3, 9)),
      reset: async () => void (await haproxy.tell('set server centers/b weight 10')),
      stop: () => haproxy.stop(),
    };
  },
});

describeActionFaults('cut-over-center/haproxy-map', {
  action: 'haproxy-map',
  start: async () => {
    const haproxy = await startHaproxy({ a: '127.0.0.1:1', b: '127.0.0.1:1' });
    return {
      address: haproxy.admin,
      plugin: (endpoint, log) =>
        cutOverCenter.instantiate({ endpoint, maps: { colours: haproxy.map }, timeout: '700ms' }, log),
      params: { map: 'colours', key: 'canary', value: 'b' },
      isWrite: (piece) => /(add|set|del) map/.test(piece.toString('latin1')),
      read: async () =>
        (await haproxy.tell(`show map ${haproxy.map}`)).split('\n').map((row) => row.split(' ').slice(1).join(' ')),
      reset: async () => {
        await haproxy.tell(`del map ${haproxy.map} canary; add map ${haproxy.map} canary a`);
      },
      stop: () => haproxy.stop(),
    };
  },
});

describeActionFaults('cut-over-center/haproxy-drain', {
  action: 'haproxy-drain',
  // First no new sessions, then out.
  writes: 2,
  start: async () => {
    const rig = await startHaproxy({ a: '127.0.0.1:1', b: '127.0.0.1:1' });
    return {
      address: rig.admin,
      plugin: (endpoint, log) => cutOverCenter.instantiate({ endpoint, timeout: '700ms' }, log),
      params: { backend: 'centers', server: 'b', within: '1s' },
      isWrite: (piece) => piece.includes('set server'),
      read: async () => {
        const rows = (await rig.tell('show servers state centers')).split('\n').slice(2);
        return rows.map((row) => row.split(' ').slice(3, 7));
      },
      reset: async () => void (await rig.tell('set server centers/b state ready')),
      stop: () => rig.stop(),
    };
  },
});

describeActionFaults('cut-over-center/etcd', {
  action: 'etcd',
  start: async () => {
    const etcd = await startEtcd();
    return {
      address: etcd.url.replace('http://', ''),
      plugin: (address, log) =>
        cutOverCenter.instantiate(
          {
            etcd: { clusters: { main: { endpoints: [`http://${address}`], prefix: '/services/' } }, timeout: '700ms' },
          },
          log,
        ),
      params: { cluster: 'main', key: 'orders/active', value: 'b' },
      isWrite: (piece) => piece.includes('request_put'),
      read: async () => (await etcd.get('/services/orders/active'))?.value ?? null,
      reset: () => etcd.put('/services/orders/active', 'a'),
      stop: () => etcd.stop(),
    };
  },
});
