import { definePlugin } from '../../src/plugin-sdk/index.js';
import { envoyFileActions } from './envoy-file/actions.js';
import { haproxyActions } from './haproxy/actions.js';
import { nginxActions } from './nginx/actions.js';
import { redisBucketActions } from './redis-bucket/actions.js';
import { configSchema, Systems } from './systems.js';

/** Limits what a service is asked, at whatever stands before it, and lifts the limit in steps. */
export default definePlugin({
  id: 'throttle',
  sdk: 1,
  version: '1.0.0',
  config: configSchema,
  connect: async (config) => new Systems(config),
  close: (systems) => systems.close(),
  provide: (kit) => ({
    actions: {
      ...haproxyActions(kit),
      ...nginxActions(kit),
      ...envoyFileActions(kit),
      ...redisBucketActions(kit),
    },
  }),
});
