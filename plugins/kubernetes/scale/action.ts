import { z } from 'zod';
import { asPlanned, PluginError, type Call, type EffectCall, type PlanCall } from '../../../src/plugin-sdk/index.js';
import type { Clusters, KubernetesKit } from '../clusters.js';
import { compared, triedOut, untriedFact } from '../compared.js';
import { scaled } from '../rollout.js';
import { resourceOf, sayWorkload, type Workload } from '../workload.js';
import { paramsSchema, wantedOf, type Params } from './params.js';

const beforeSchema = z.strictObject({ uid: z.string(), replicas: z.int(), to: z.int() });
type Before = z.infer<typeof beforeSchema>;
type Asking = Call<Clusters, Params>;

/** Makes the action that changes how many replicas a workload has. */
export function scaleAction({ action, config }: KubernetesKit) {
  const seenFrom = async (call: PlanCall<Clusters, Params>) => {
    const workload = await read(call);
    const from = z.int().parse(asPlanned(call.earlier, resourceOf(call.params), 'replicas', workload.spec.replicas));
    return { workload, from, to: wantedOf(config, call.params, from) };
  };

  return action({
    summary: 'Change how many replicas a Deployment or StatefulSet has',
    params: paramsSchema(config),
    before: beforeSchema,
    risk: 'medium',
    idempotency: 'conditional',

    async check(call) {
      const { from, to } = await seenFrom(call);
      const atBound = call.params.replicas === undefined ? ', and may not have more or less' : '';
      const because = `${sayWorkload(call.params)} has ${from} replicas already${atBound}`;
      return from === to ? { needed: false, because } : { needed: true };
    },

    async plan(call) {
      const { workload, from, to } = await seenFrom(call);
      const { params, signal } = call;
      const cluster = clusterOf(call);
      const autoscaler = await cluster.autoscalerOf(params, signal);
      if (typeof autoscaler === 'string') throw autoscaled(params, autoscaler);
      // What admission refuses is seen before anybody is asked to agree.
      const asks = cluster.config.dryRun && workload.spec.replicas !== to;
      const untried = asks && (await triedOut(async () => attempt(call, await read(call), to, true)));
      return {
        summary: `${sayWorkload(params)}: ${from} -> ${to} replicas`,
        changes: [{ resource: resourceOf(params), attribute: 'replicas', from, to }],
        before: { uid: workload.metadata.uid, replicas: from, to },
        facts: {
          ...(autoscaler === undefined ? {} : { autoscaler: `not looked for: ${autoscaler.hidden}` }),
          ...untriedFact(untried),
        },
      };
    },

    async apply(call, before) {
      await change(call, before, { from: before.replicas, to: before.to });
      const workload = await read(call);
      const rollout = scaled(workload);
      if (rollout.done) return { done: true };
      const now = `${sayWorkload(call.params)} is to have ${before.to} replicas: ${rollout.missing}`;
      if (rollout.hindered !== undefined) throw new PluginError('rollout-hindered', `${now}; ${rollout.hindered}`);
      call.log.info(now);
      return { done: false, againInMs: clusterOf(call).config.every };
    },

    async verify(call, before) {
      const workload = await read(call);
      const { replicas } = workload.spec;
      const what = sayWorkload(call.params);
      if (replicas !== before.to)
        return { took: false, detail: `${what} is to have ${replicas} replicas, not ${before.to}` };
      const rollout = scaled(workload);
      if (rollout.done) return { took: true };
      const because = rollout.hindered === undefined ? '' : `; ${rollout.hindered}`;
      return { took: false, detail: `${what}: ${rollout.missing}${because}` };
    },

    async revert(call, before) {
      await change(call, before, { from: before.to, to: before.replicas });
      return { done: true };
    },
  });
}

const clusterOf = ({ client, params }: Asking) => client.of(params.cluster);
const read = (call: Asking) => clusterOf(call).workload(call.params, call.signal);

/** Brings the number from one to another; what is so already is left alone, and what is neither is not overruled. */
async function change(
  call: EffectCall<Clusters, Params>,
  { uid }: Before,
  way: { from: number; to: number },
): Promise<void> {
  const { from, to } = way;
  const { params, signal } = call;
  await compared(call, async () => {
    const workload = await read(call);
    const now = workload.spec.replicas;
    if (now === to) return { write: false };
    if (now !== from || workload.metadata.uid !== uid) {
      const what = workload.metadata.uid === uid ? `to have ${now} replicas, not ${from}` : 'another one of that name';
      const detail = `${sayWorkload(params)} is ${what}: somebody else changed it meanwhile`;
      throw new PluginError('changed-meanwhile', detail, false);
    }
    const autoscaler = await clusterOf(call).autoscalerOf(params, signal);
    if (typeof autoscaler === 'string') throw autoscaled(params, autoscaler);
    return { write: true, make: () => attempt(call, workload, to, false) };
  });
}

function attempt(
  { client, params, signal }: Asking,
  { metadata }: Workload,
  to: number,
  dryRun: boolean,
): Promise<void> {
  const { resourceVersion } = metadata;
  return client.of(params.cluster).scale(params, to, { resourceVersion, dryRun, signal });
}

function autoscaled(params: Params, name: string): PluginError {
  const detail = `the HorizontalPodAutoscaler ${name} decides how many replicas ${sayWorkload(params)} has`;
  return new PluginError('autoscaled', `${detail}: change its bounds instead`, false);
}
