import plugin from '../../plugins/kubernetes/index.js';
import type { Json, PluginLog } from '../../src/plugin-sdk/index.js';
import type { PluginInstance } from '../../src/plugin-sdk/plugin.js';
import { KUBE_FILES, KUBE_TOKEN, startKubeApi, type KubeApi } from './kube-api.js';
import { autoscaler, budget, deployment, namespace, node, statefulSet } from './kube-api/objects.js';
import { plainCall } from './plain-call.js';

/** Where the workload `web` is that plans of the tests are about. */
export const WEB = { cluster: 'east', namespace: 'shop', kind: 'deployment', name: 'web' };
/** Where the StatefulSet is. */
export const SESSIONS = { cluster: 'east', namespace: 'shop', kind: 'statefulset', name: 'sessions' };

/** The configuration of the plugin for one cluster, with what a test wants to be different there. */
export function kubeConfig(server: string, differs: { readonly [name: string]: Json } = {}) {
  return {
    clusters: {
      east: {
        server,
        ca: KUBE_FILES.ca,
        auth: { token: KUBE_TOKEN },
        workloads: [
          { namespace: 'shop', kind: 'deployment', name: 'web', scale: { least: 2, most: 9 }, restart: true },
          { namespace: 'shop', kind: 'statefulset', name: 'sessions', scale: { least: 2, most: 5 }, restart: true },
        ],
        pools: { workers: { selector: { pool: 'workers' }, keep: 2 } },
        timeout: '700ms',
        every: '10ms',
        ...differs,
      },
    },
  };
}

/** Fills a stand-in with three replicas of both kinds and three nodes of the pool `workers`. */
export function fill(api: KubeApi): void {
  api.clear();
  api.add('Namespace', namespace('shop'));
  api.add('Deployment', deployment('shop', 'web', 3));
  api.add('StatefulSet', statefulSet('shop', 'sessions', 3));
  for (const name of ['node-1', 'node-2', 'node-3']) api.add('Node', node(name, { pool: 'workers' }));
}

/** A filled stand-in, and one action of the plugin to call there. */
export interface KubeWorld {
  readonly api: KubeApi;
  readonly instance: PluginInstance;
  /** Everything the plugin logged. */
  readonly said: readonly string[];
  readonly plan: (action: string, params: Json, differs?: Parameters<typeof plainCall>[0]) => ReturnType<Verbs['plan']>;
  readonly on: (action: string) => Verbs;
  readonly close: () => Promise<void>;
}

type Verbs = NonNullable<NonNullable<PluginInstance['provided']['actions']>[string]>;

/** Starts both. */
export async function startKubeWorld(differs: { readonly [name: string]: Json } = {}): Promise<KubeWorld> {
  const api = await startKubeApi();
  fill(api);
  const said: string[] = [];
  const note = (message: string): void => void said.push(message);
  const log: PluginLog = { info: note, warn: note };
  const instance = plugin.instantiate(kubeConfig(api.url, differs), log);
  const on = (action: string): Verbs => {
    const found = instance.provided.actions?.[action];
    if (found === undefined) throw new Error(`the plugin has no action ${action}`);
    return found;
  };
  return {
    api,
    instance,
    said,
    on,
    plan: (action, params, call = {}) => on(action).plan(plainCall({ log, ...call }), params),
    close: async () => {
      await instance.close();
      await api.close();
    },
  };
}

/** Lets an autoscaler look after `web`. */
export function autoscale(api: KubeApi): void {
  api.add('HorizontalPodAutoscaler', autoscaler('shop', 'web-hpa', 'Deployment', 'web'));
}

/** Lets a PodDisruptionBudget ask for so many pods of a workload. */
export function protect(api: KubeApi, name: string, desiredHealthy: number): void {
  api.add('PodDisruptionBudget', budget('shop', `${name}-pdb`, name, desiredHealthy));
}
