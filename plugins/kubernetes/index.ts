import { definePlugin } from '../../src/plugin-sdk/index.js';
import { Clusters } from './clusters.js';
import { configSchema } from './config.js';
import { cordonAction } from './cordon/action.js';
import { rolloutRestartAction } from './rollout-restart/action.js';
import { scaleAction } from './scale/action.js';

/** Changes workloads and nodes of Kubernetes clusters through their API servers. */
export default definePlugin({
  id: 'kubernetes',
  sdk: 1,
  version: '1.0.0',
  config: configSchema,
  connect: async (config) => new Clusters(config, await import('@kubernetes/client-node')),
  close: (clusters) => clusters.close(),
  provide: (kit) => ({
    actions: {
      scale: scaleAction(kit),
      'rollout-restart': rolloutRestartAction(kit),
      cordon: cordonAction(kit),
    },
  }),
});
