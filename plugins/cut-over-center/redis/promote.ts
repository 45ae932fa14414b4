import { PluginError, type Call, type EffectCall } from '../../../src/plugin-sdk/index.js';
import { isClosed } from './closing.js';
import type { Seen } from './following.js';
import { assertSuccessor, handOver, twoPrimaries } from './hand-over.js';
import type { RedisKit, RedisSystem } from './kit.js';
import type { NodeState } from './node-state.js';
import { pairSchema, type PairParams } from './params.js';
import { planPlanned } from './promote-planned.js';
import { applyUnplanned, planUnplanned } from './promote-unplanned.js';
import { promotionSchema, type Promotion } from './promotion.js';
import { takeBack } from './take-back.js';

const CATCH_UP_MS = 1_000;

/** Makes the action that makes a replica the primary, and the old primary its replica. */
export function promoteAction({ action, config }: RedisKit) {
  return action({
    summary: 'Make a Redis replica the primary, and the old primary its replica',
    params: pairSchema(config),
    before: promotionSchema,
    risk: 'high',
    idempotency: 'conditional',

    async check(call) {
      const { from, to } = await lookAt(call);
      if (!isDone(from.state, to.state)) return { needed: true };
      const rest = from.state === undefined ? `${from.node.name} does not answer` : `${from.node.name} follows it`;
      return { needed: false, because: `${to.node.name} is the primary already, and ${rest}` };
    },

    async plan(call) {
      const { cluster, from, to } = await lookAt(call);
      if (isDone(from.state, to.state)) {
        const before = { kind: 'nothing' as const, history: to.state.history, toHad: 0, toGets: 0, fromGets: 0 };
        return { summary: `${to.node.name} is the primary already`, changes: [], before };
      }
      return from.state === undefined
        ? planUnplanned(call, cluster, from.node, to)
        : planPlanned(call.earlier, cluster, { node: from.node, state: from.state }, to);
    },

    async apply(call, before) {
      switch (before.kind) {
        case 'nothing':
          return { done: true };
        case 'planned':
          await handOver(call, taskOf(call, before), CATCH_UP_MS);
          return { done: true };
        case 'unplanned':
          return applyUnplanned(call, before, nodesOf(call));
      }
    },

    async verify(call, before) {
      if (before.kind === 'nothing') return { took: true };
      const { from, to } = await lookAt(call);
      if (to.state.role !== 'primary') return { took: false, detail: `${to.node.name} is a replica` };
      assertSuccessor(to, before.history);
      if (isClosed(to.state)) return { took: false, detail: `${to.node.name} takes no writes` };
      if (from.state?.role === 'replica' && isClosed(from.state))
        return { took: false, detail: `${from.node.name} is a replica, but still closed` };
      if (from.state?.role !== 'primary') return { took: true };
      if (!isClosed(from.state)) throw twoPrimaries(from.node, to.node);
      return { took: false, detail: `${from.node.name} is no replica yet` };
    },

    async revert(call, before) {
      await revert(call, before);
      return { done: true };
    },
  });
}

type Asking = Call<RedisSystem, PairParams>;

const nodesOf = ({ client, params }: Asking) => {
  const cluster = client.redis.get(params.cluster);
  return { cluster, from: cluster.node(params.from), to: cluster.node(params.to) };
};

async function lookAt(call: Asking) {
  const { cluster, from, to } = nodesOf(call);
  const state = await from.stateIfReachable(call.signal);
  const seen: Seen = { node: to, state: await to.state(call.signal) };
  return { cluster, from: { node: from, state }, to: seen };
}

/** An old primary that is away is not in the way: whoever brings it back has `redis-rejoin`. */
function isDone(from: NodeState | undefined, to: NodeState): boolean {
  return to.role === 'primary' && !isClosed(to) && from?.role !== 'primary';
}

function taskOf(call: Asking, { history, toGets, fromGets }: Promotion) {
  const { from, to } = nodesOf(call);
  return { old: from, next: to, history, nextMinReplicas: toGets, oldMinReplicas: fromGets };
}

async function revert(call: EffectCall<RedisSystem, PairParams>, before: Promotion): Promise<void> {
  const { from, to } = nodesOf(call);
  switch (before.kind) {
    case 'nothing':
      return;
    case 'planned':
      return takeBack(call, from, to, before);
    case 'unplanned': {
      const state = await to.state(call.signal);
      if (state.role === 'replica') return;
      const detail = `${to.name} was made the primary while ${from.name} was away: only a person can tell whose writes count`;
      throw new PluginError('not-reversible', detail, false);
    }
  }
}
