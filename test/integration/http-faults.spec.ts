import degradeFeature from '../../plugins/degrade-feature/index.js';
import evictStaleCache from '../../plugins/evict-stale-cache/index.js';
import http from '../../plugins/http/index.js';
import { describeActionFaults } from '../rig/action-faults.js';
import { startLaunchDarkly } from '../rig/feature-stand-ins.js';
import { bringIn, cached, purgingConfig, startPurgingVarnish } from '../rig/purging-varnish.js';
import { queueConfig, startQueueService } from '../rig/queue-service.js';

describeActionFaults('http/request', {
  action: 'request',
  knowsCredentials: true,
  start: async () => {
    const service = await startQueueService();
    const at = (address: string, token = service.token) => queueConfig({ url: `http://${address}`, token }, '700ms');
    return {
      address: `127.0.0.1:${service.port}`,
      plugin: (address, log) => http.instantiate(at(address), log),
      refused: (address, log) => http.instantiate(at(address, 'canary-wrong'), log),
      params: { operation: 'close', values: { queue: 'orders' } },
      isWrite: (piece) => piece.includes('POST '),
      read: async () => Object.fromEntries(service.states),
      reset: async () => service.reset(),
      stop: service.close,
    };
  },
});

describeActionFaults('degrade-feature/http', {
  action: 'http',
  knowsCredentials: true,
  start: async () => {
    const service = await startLaunchDarkly('canary-right');
    const path = '/api/v2/flags/shop/{flag}';
    const part = {
      read: { path, query: { env: 'production' }, at: '/environments/production/on' },
      set: {
        method: 'PATCH',
        path,
        headers: { 'content-type': 'application/json; domain-model=launchdarkly.semanticpatch' },
        json: { environmentKey: 'production', instructions: [{ kind: '{instruction}' }] },
      },
    };
    const at = (address: string, value = 'canary-right') => ({
      url: `http://${address}`,
      auth: { header: 'Authorization', value },
      allow: ['127.0.0.1'],
      timeout: '700ms',
      holes: { flag: { oneOf: ['recommendations'] } },
      value: { oneOf: [true, false] },
      words: { instruction: { true: 'turnFlagOn', false: 'turnFlagOff' } },
      parts: [part],
    });
    return {
      address: `127.0.0.1:${service.port}`,
      plugin: (address, log) => degradeFeature.instantiate({ http: { services: { flags: at(address) } } }, log),
      refused: (address, log) =>
        degradeFeature.instantiate({ http: { services: { flags: at(address, 'canary-wrong') } } }, log),
      params: { service: 'flags', values: { flag: 'recommendations' }, value: false },
      isWrite: (piece) => piece.includes('PATCH '),
      read: async () => ({ ...service.flag }),
      reset: async () => void (service.flag['on'] = true),
      stop: service.close,
    };
  },
});

describeActionFaults('evict-stale-cache/http-purge against a real Varnish', {
  action: 'http-purge',
  knowsCredentials: true,
  start: async () => {
    const varnish = await startPurgingVarnish();
    const at = (address: string, token?: string) => purgingConfig(Number(address.split(':')[1]), 'PURGE', token);
    return {
      address: `127.0.0.1:${varnish.port}`,
      plugin: (address, log) => evictStaleCache.instantiate(at(address), log),
      refused: (address, log) => evictStaleCache.instantiate(at(address, 'canary-wrong'), log),
      params: { cache: 'edge', paths: ['/products/1'] },
      isWrite: (piece) => piece.includes('PURGE '),
      read: () => cached(varnish.port),
      reset: () => bringIn(varnish),
      stop: varnish.stop,
    };
  },
});
