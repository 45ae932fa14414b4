import degradeFeature from '../../plugins/degrade-feature/index.js';
import type { PluginLog } from '../../src/plugin-sdk/index.js';
import { describeActionFaults } from '../rig/action-faults.js';
import { startEtcd } from '../rig/etcd.js';
import { startLoneRedis } from '../rig/lone-redis.js';
import { startUnleash } from '../rig/unleash.js';

const PASSWORD = 'canary-2b60-right';
const WRONG = 'canary-2b60-wrong';

describeActionFaults('degrade-feature/etcd', {
  action: 'etcd',
  knowsCredentials: true,
  start: async () => {
    const etcd = await startEtcd();
    await etcd.requireLogin(PASSWORD);
    const made = (password: string) => (address: string, log: PluginLog) => {
      const main = { endpoints: [`http://${address}`], prefix: '/features/', username: 'root', password };
      return degradeFeature.instantiate({ etcd: { clusters: { main }, timeout: '700ms' } }, log);
    };
    return {
      address: etcd.url.replace('http://', ''),
      plugin: made(PASSWORD),
      refused: made(WRONG),
      params: { cluster: 'main', feature: 'recommendations' },
      isWrite: (piece) => piece.includes('request_put'),
      read: async () => (await etcd.get('/features/recommendations'))?.value ?? null,
      reset: () => etcd.put('/features/recommendations', 'true'),
      stop: () => etcd.stop(),
    };
  },
});

describeActionFaults('degrade-feature/redis', {
  action: 'redis',
  knowsCredentials: true,
  start: async () => {
    const redis = await startLoneRedis({ password: PASSWORD });
    const made = (password: string) => (address: string, log: PluginLog) => {
      const flags = { prefix: 'feature:', host: '127.0.0.1', port: Number(address.split(':')[1]), password };
      return degradeFeature.instantiate({ redis: { servers: { flags }, timeout: '700ms' } }, log);
    };
    return {
      address: `127.0.0.1:${redis.port}`,
      plugin: made(PASSWORD),
      refused: made(WRONG),
      params: { server: 'flags', feature: 'recommendations' },
      isWrite: (piece) => piece.includes("return 'written'"),
      read: () => redis.dump(),
      reset: async () => {
        await redis.client.flushall();
        await redis.client.set('feature:recommendations', 'true');
      },
      stop: () => redis.stop(),
    };
  },
});

describeActionFaults('degrade-feature/unleash', {
  action: 'unleash',
  knowsCredentials: true,
  start: async () => {
    const unleash = await startUnleash();
    await unleash.create('shop');
    const made = (token: string) => (address: string, log: PluginLog) => {
      const names = { projects: ['default'], features: ['shop'], environments: ['production'] };
      const main = { url: `http://${address}`, token, ...names };
      return degradeFeature.instantiate({ unleash: { servers: { main }, timeout: '900ms' } }, log);
    };
    return {
      address: unleash.url.replace('http://', ''),
      plugin: made(unleash.token),
      refused: made(`*:*.${WRONG}`),
      params: { server: 'main', feature: 'shop', environment: 'production' },
      isWrite: (piece) => piece.includes('POST '),
      read: async () => ({ on: await unleash.isOn('shop'), turns: await unleash.turns('shop') }),
      reset: () => unleash.turn('shop', 'on'),
      stop: () => unleash.stop(),
    };
  },
});
