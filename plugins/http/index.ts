import { definePlugin } from '../../src/plugin-sdk/index.js';
import { configSchema } from './config.js';
import { getProbe } from './get.js';
import { requestAction } from './request.js';
import { Services } from './services.js';

/** Sends requests that the operator has written down, and compares what services answer. */
export default definePlugin({
  id: 'http',
  sdk: 1,
  version: '1.0.0',
  config: configSchema,
  connect: async (config) => new Services(config),
  close: (services) => services.close(),
  provide: (kit) => ({
    actions: { request: requestAction(kit, false), 'request-once': requestAction(kit, true) },
    probes: { get: getProbe(kit) },
  }),
});
