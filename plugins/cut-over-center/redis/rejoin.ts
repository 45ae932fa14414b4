import { z } from 'zod';
import { PluginError, type Call, type Change, type EffectCall, type Progress } from '../../../src/plugin-sdk/index.js';
import { followNow, isClosed, keep, setMinReplicas } from './closing.js';
import type { RedisCluster } from './clusters.js';
import { follows, plannedRole, roleOf, ROLE, type Seen } from './following.js';
import type { RedisKit, RedisSystem } from './kit.js';
import { forgets } from './lasting.js';
import type { NodeState } from './node-state.js';
import { rejoinSchema, type RejoinParams } from './params.js';
import { usual } from './promote-planned.js';

const beforeSchema = z.strictObject({
  /** Whether it may have writes of its own, which go. */
  discards: z.boolean(),
});
type Before = z.infer<typeof beforeSchema>;

const ASK_AGAIN_MS = 200;

/** Makes the action that has a node which came back follow the primary. */
export function rejoinAction({ action, config }: RedisKit) {
  return action({
    summary: 'Make a Redis node that came back a replica of the primary',
    params: rejoinSchema(config),
    before: beforeSchema,
    risk: 'high',
    idempotency: 'conditional',
    // It gives up what it had for what the primary has.
    reversible: false,

    async check(call) {
      const { node, follow } = await lookAt(call);
      const missing = whatIsMissing(node, follow);
      return missing === undefined
        ? { needed: false, because: `${node.node.name} is a replica of ${follow.node.name} already` }
        : { needed: true };
    },

    async plan(call) {
      const { node, follow } = await lookAt(call);
      if (plannedRole(call.earlier, follow, []) !== 'primary') throw noPrimary(follow);
      refuseUnfit(node, follow);
      const role = plannedRole(call.earlier, node, [follow.node]);
      const becomes = `replica of ${follow.node.name}`;
      const changes: Change[] = [];
      if (role !== becomes) changes.push({ resource: node.node.name, attribute: ROLE, from: role, to: becomes });
      const discards = role !== becomes && hasOwnWrites(node.state, follow.state);
      if (discards) {
        const to = 'discarded, if it took any that the primary does not have';
        changes.push({ resource: node.node.name, attribute: 'writes of its own', from: 'kept', to });
      }
      const lasting = forgets([node]);
      const asks = [...(discards ? [`${node.node.name} may hold writes that only it has`] : []), lasting.asks ?? []];
      return {
        summary: `${node.node.name} becomes a ${becomes}`,
        changes: [...changes, ...(changes.length === 0 ? [] : lasting.changes)],
        before: { discards },
        ...(changes.length > 0 && asks.flat().length > 0 ? { asks: asks.flat().join('; ') } : {}),
      };
    },

    apply: (call, before) => rejoin(call, before),

    async verify(call) {
      const { node, follow } = await lookAt(call);
      const detail = whatIsMissing(node, follow);
      return detail === undefined ? { took: true } : { took: false, detail };
    },

    async revert() {
      throw new PluginError('not-reversible', 'what the node had of its own is gone', false);
    },
  });
}

interface Pair {
  readonly cluster: RedisCluster;
  readonly node: Seen;
  readonly follow: Seen;
}

async function lookAt({ client, params, signal }: Call<RedisSystem, RejoinParams>): Promise<Pair> {
  const cluster = client.redis.get(params.cluster);
  const [node, follow] = [cluster.node(params.node), cluster.node(params.follow)];
  const [one, other] = await Promise.all([node.state(signal), follow.state(signal)]);
  return { cluster, node: { node, state: one }, follow: { node: follow, state: other } };
}

async function rejoin(call: EffectCall<RedisSystem, RejoinParams>, before: Before): Promise<Progress> {
  const { cluster, node, follow } = await lookAt(call);
  if (follow.state.role !== 'primary') throw noPrimary(follow);
  refuseUnfit(node, follow);
  const { following } = node.state;
  if (following === undefined || !follows(following, follow.node)) {
    if (!before.discards && hasOwnWrites(node.state, follow.state)) {
      const detail = `${node.node.name} has taken writes of its own since this was planned: have it planned anew`;
      throw new PluginError('changed-meanwhile', detail, false);
    }
    await followNow(call, node.node, node.state, follow.node);
    return { done: false, againInMs: ASK_AGAIN_MS };
  }
  if (following.syncing || !following.linkUp) return { done: false, againInMs: ASK_AGAIN_MS };
  await setMinReplicas(call, node.node, node.state, usual(cluster, node.state));
  await keep(call, node.node, node.state);
  return { done: true };
}

/**
 * Whether a node may have writes that the primary has not: unless it stands in the history that the primary came out
 * of, no further than where the primary left it. A server that was started anew does not know its history any more.
 */
function hasOwnWrites(node: NodeState, primary: NodeState): boolean {
  if (node.role === 'replica') return false;
  return node.history !== primary.earlierHistory || node.offset >= primary.earlierHistoryEnd;
}

function whatIsMissing({ node, state }: Seen, follow: Seen): string | undefined {
  const { following } = state;
  if (follow.state.role !== 'primary') return `${follow.node.name} is no primary`;
  if (following === undefined || !follows(following, follow.node))
    return `${node.name} is ${roleOf(state, [follow.node])}`;
  if (following.syncing || !following.linkUp) return `${node.name} has not yet got what ${follow.node.name} has`;
  return isClosed(state) ? `${node.name} is still closed, which would matter once it is a primary` : undefined;
}

function noPrimary({ node, state }: Seen): PluginError {
  return new PluginError(
    'not-a-primary',
    `${node.name} is ${roleOf(state, [])}, not the primary: nobody should follow it`,
    false,
  );
}

function refuseUnfit({ node, state }: Seen, follow: Seen): void {
  if (state.inCluster)
    throw new PluginError('not-alone', `${node.name} belongs to a Redis Cluster, which has ways of its own`, false);
  if (!follow.node.wantsPassword || state.canLogIn) return;
  const detail = `${node.name} has no masterauth, so it could never follow ${follow.node.name}: set it first`;
  throw new PluginError('no-credentials', detail, false);
}
