import { definePlugin } from '../../src/plugin-sdk/index.js';
import { etcdActions } from './etcd/actions.js';
import { fileActions } from './file/actions.js';
import { httpActions } from './http/actions.js';
import { redisActions } from './redis/actions.js';
import { configSchema, Systems } from './systems.js';
import { unleashActions } from './unleash/actions.js';

/** Turns features off and on again, wherever the switch is kept. */
export default definePlugin({
  id: 'degrade-feature',
  sdk: 1,
  version: '1.0.0',
  config: configSchema,
  connect: async (config) => new Systems(config),
  close: (systems) => systems.close(),
  provide: (kit) => ({
    actions: {
      ...unleashActions(kit),
      ...fileActions(kit),
      ...etcdActions(kit),
      ...redisActions(kit),
      ...httpActions(kit),
    },
  }),
});
