import { z } from 'zod';
import { PluginError, type Call, type Change, type EffectCall } from '../../../src/plugin-sdk/index.js';
import { CLOSED, HANDED_OVER, isClosed, keep, setMinReplicas } from './closing.js';
import { assertReplica, assertReplicaAsPlanned } from './following.js';
import type { RedisKit, RedisSystem } from './kit.js';
import type { NodeState } from './node-state.js';
import { forgets } from './lasting.js';
import { pairSchema, type PairParams } from './params.js';

const beforeSchema = z.strictObject({
  /** False when the primary did not answer: then there is nothing to close. */
  reached: z.boolean(),
  minReplicas: z.int(),
});
type Before = z.infer<typeof beforeSchema>;

/** Makes the action that closes a primary for writes, for as long as nobody opens it again. */
export function fenceAction({ action, config }: RedisKit) {
  return action({
    summary: 'Close a Redis primary for writes; its replicas go on being fed',
    params: pairSchema(config),
    before: beforeSchema,
    risk: 'high',
    idempotency: 'conditional',

    async check(call) {
      const { from } = nodesOf(call);
      const state = await from.stateIfReachable(call.signal);
      if (state === undefined)
        return { needed: false, because: `${from.name} does not answer: there is nothing to close` };
      return isClosed(state) ? { needed: false, because: `${from.name} is closed already` } : { needed: true };
    },

    async plan(call) {
      const { from, to } = nodesOf(call);
      const state = await from.stateIfReachable(call.signal);
      if (state === undefined) {
        // One of the two must answer, or nothing is known at all.
        await to.state(call.signal);
        const summary = `${from.name} does not answer: nothing to close`;
        return { summary, changes: [], before: { reached: false, minReplicas: 0 } };
      }
      refuseUseless(state, from.name);
      // Closing is for handing over: nobody's writes are stopped for a replica that could not take them.
      if (!isClosed(state))
        assertReplicaAsPlanned(call.earlier, { node: to, state: await to.state(call.signal) }, from, state);
      const before: Before = { reached: true, minReplicas: state.minReplicas };
      if (isClosed(state)) return { summary: `${from.name} is closed already`, changes: [], before };
      const change: Change = { resource: from.name, attribute: 'writes', from: 'open', to: 'closed' };
      const lasting = forgets([{ node: from, state }]);
      return { summary: `close ${from.name} for writes`, ...lasting, changes: [change, ...lasting.changes], before };
    },

    async apply(call, before) {
      await close(call, before);
      return { done: true };
    },

    async verify(call, before) {
      if (!before.reached) return { took: true };
      const { from } = nodesOf(call);
      const state = await from.state(call.signal);
      return isClosed(state) ? { took: true } : { took: false, detail: `${from.name} takes writes` };
    },

    async revert(call, before) {
      if (before.reached) await open(call, before);
      return { done: true };
    },
  });
}

const nodesOf = ({ client, params }: Call<RedisSystem, PairParams>) => {
  const cluster = client.redis.get(params.cluster);
  return { from: cluster.node(params.from), to: cluster.node(params.to) };
};

async function close(call: EffectCall<RedisSystem, PairParams>, before: Before): Promise<void> {
  const { from, to } = nodesOf(call);
  if (!before.reached) {
    if ((await from.stateIfReachable(call.signal)) === undefined) return;
    const detail = `${from.name} did not answer when this was planned, and does now: have it planned anew`;
    throw new PluginError('changed-meanwhile', detail, false);
  }
  const state = await from.state(call.signal);
  refuseUseless(state, from.name);
  // What was written may not have been written down, if somebody died in between.
  if (isClosed(state)) return keep(call, from, state);
  refuseForeign(state, before, from.name);
  assertReplica({ node: to, state: await to.state(call.signal) }, from, state);
  try {
    await setMinReplicas(call, from, state, CLOSED);
  } catch (error) {
    // Closed only until it is started again is worse than open: it would come back as a second primary, unseen.
    if (error instanceof PluginError && error.code === 'refused-by-target')
      await setMinReplicas(call, from, { ...state, keepsConfig: false, minReplicas: CLOSED }, before.minReplicas);
    throw error;
  }
  const now = await from.state(call.signal);
  if (!isClosed(now)) throw new PluginError('did-not-take', `${from.name} took the setting, but still takes writes`);
}

/** Opens the primary again, unless that could make two. */
async function open(call: EffectCall<RedisSystem, PairParams>, before: Before): Promise<void> {
  const { from, to } = nodesOf(call);
  const state = await from.state(call.signal);
  if (state.minReplicas === before.minReplicas) return;
  refuseForeign(state, before, from.name);
  const other = await to.stateIfReachable(call.signal);
  if (other?.role === 'primary' && state.role === 'primary')
    throw new PluginError('second-primary', `${to.name} is the primary by now: ${from.name} stays closed`, false);
  if (other === undefined && state.minReplicas === HANDED_OVER) {
    const detail = `${to.name} was about to become the primary and does not answer: ${from.name} stays closed`;
    throw new PluginError('second-primary', detail);
  }
  await setMinReplicas(call, from, state, before.minReplicas);
}

function refuseUseless(state: NodeState, name: string): void {
  if (state.inCluster)
    throw new PluginError('not-alone', `${name} belongs to a Redis Cluster, which has ways of its own`, false);
  if (state.role !== 'primary') throw new PluginError('not-a-primary', `${name} is no primary`, false);
  if (state.minReplicasMaxLag > 0) return;
  const detail = `min-replicas-max-lag of ${name} is 0, which puts min-replicas-to-write out of force: set it to 10`;
  throw new PluginError('cannot-be-closed', detail, false);
}

function refuseForeign(state: NodeState, before: Before, name: string): void {
  if (isClosed(state) || state.minReplicas === before.minReplicas) return;
  const detail = `min-replicas-to-write of ${name} is ${state.minReplicas}, neither ${before.minReplicas} nor closed: somebody changed it meanwhile`;
  throw new PluginError('changed-meanwhile', detail, false);
}
