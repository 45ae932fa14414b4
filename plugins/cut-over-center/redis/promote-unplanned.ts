import { PluginError, type Change, type EffectCall, type Plan, type Progress } from '../../../src/plugin-sdk/index.js';
import { CLOSED, isClosed, keep, leadNow, openPrimary, setMinReplicas } from './closing.js';
import type { RedisCluster } from './clusters.js';
import { assertReplica, roleOf, ROLE, type Seen } from './following.js';
import { assertSuccessor, twoPrimaries } from './hand-over.js';
import { forgets } from './lasting.js';
import { boundOf } from './loss.js';
import type { NodeState } from './node-state.js';
import type { RedisNode } from './node.js';
import type { Promotion } from './promotion.js';

/** Replicas hear from a primary that lives at least so often, and a moment later. */
const GRACE_SECONDS = 1;
/** Clocks count whole seconds, and the last answer of the replica was under way for a while. */
const ISOLATION_MARGIN_S = 2;
const ASK_AGAIN_MS = 500;

/**
 * Plans what to do when the primary does not answer: its replica stands in, if a person agrees to what may be lost.
 *
 * @throws PluginError `still-alive` when the replica hears from the primary, `not-a-replica`, `not-the-best`
 */
export async function planUnplanned(
  call: Pick<EffectCall<unknown, unknown>, 'signal'>,
  cluster: RedisCluster,
  from: RedisNode,
  to: Seen,
): Promise<Plan<Promotion>> {
  assertGone(from, to);
  const rivals = await othersOf(call.signal, cluster, from, to);
  refuseSecondBest(to, rivals);
  const changes: Change[] = [
    { resource: to.node.name, attribute: ROLE, from: roleOf(to.state, [from]), to: 'primary' },
  ];
  const { minReplicas } = to.state;
  // It will have no replica, so that any such demand would keep it closed.
  if (minReplicas > 0)
    changes.push({ resource: to.node.name, attribute: 'min-replicas-to-write', from: minReplicas, to: 0 });
  const lasting = forgets([to]);
  const bound = boundOf(
    cluster,
    from,
    to,
    rivals.every((one) => one.state !== undefined),
  );
  const asks = [bound.asks, lasting.asks].filter((one) => one !== undefined).join('; ');
  return {
    summary: `${from.name} does not answer: ${to.node.name} becomes the primary without it`,
    changes: [...changes, ...bound.changes, ...lasting.changes],
    before: { kind: 'unplanned', history: to.state.history, toHad: minReplicas, toGets: 0, fromGets: 0 },
    facts: bound.facts,
    dataLossMs: bound.asks === undefined ? 0 : 'unknown',
    reversible: false,
    ...(asks === '' ? {} : { asks }),
  };
}

/**
 * Makes the replica the primary, if all is still as it was planned.
 *
 * @throws PluginError `changed-meanwhile` when the old primary answers again, `still-alive`, `not-a-replica`
 */
export async function applyUnplanned(
  call: Pick<EffectCall<unknown, unknown>, 'fence' | 'signal' | 'log'>,
  { history, toGets }: Promotion,
  { cluster, from, to }: { readonly cluster: RedisCluster; readonly from: RedisNode; readonly to: RedisNode },
): Promise<Progress> {
  const back = await from.stateIfReachable(call.signal);
  const seen: Seen = { node: to, state: await to.state(call.signal) };
  if (seen.state.role === 'primary') {
    assertSuccessor(seen, history);
    if (back?.role === 'primary') throw twoPrimaries(from, to);
    await keep(call, to, seen.state);
    if (isClosed(seen.state)) await openPrimary(call, to, toGets);
    return { done: true };
  }
  if (back !== undefined) {
    const detail = `${from.name} answers again: have it planned anew, so that nothing is lost`;
    throw new PluginError('changed-meanwhile', detail, false);
  }
  assertGone(from, seen);
  if (seen.state.history !== history)
    throw new PluginError('changed-meanwhile', `${to.name} followed another server since this was planned`, false);
  if (!hasIsolatedItself(cluster, seen.state)) return { done: false, againInMs: ASK_AGAIN_MS };
  await setMinReplicas(call, to, seen.state, CLOSED);
  await leadNow(call, to, seen.state);
  await openPrimary(call, to, toGets);
  return { done: true };
}

function assertGone(from: RedisNode, to: Seen): void {
  assertReplica(to, from, undefined);
  const { following, pingEverySeconds } = to.state;
  const silent = following?.silentForSeconds;
  if (silent === undefined || silent > pingEverySeconds + GRACE_SECONDS) return;
  const detail = `${from.name} does not answer here, but ${to.node.name} heard from it ${silent} s ago: it may well be serving`;
  throw new PluginError('still-alive', detail);
}

/** Whether a primary that nobody can reach has stopped taking writes by itself, as far as the operator promises that. */
function hasIsolatedItself(cluster: RedisCluster, { following, upForSeconds }: NodeState): boolean {
  const promised = cluster.config.isolatesItselfWithin;
  if (promised === undefined) return true;
  const alone = following?.downForSeconds ?? following?.silentForSeconds ?? upForSeconds;
  return alone >= promised / 1_000 + ISOLATION_MARGIN_S;
}

interface Rival {
  readonly node: RedisNode;
  readonly state: NodeState | undefined;
}

function othersOf(signal: AbortSignal, cluster: RedisCluster, from: RedisNode, to: Seen): Promise<Rival[]> {
  const others = cluster.names.map((name) => cluster.node(name)).filter((one) => one !== from && one !== to.node);
  return Promise.all(others.map(async (node) => ({ node, state: await node.stateIfReachable(signal) })));
}

function refuseSecondBest(to: Seen, rivals: readonly Rival[]): void {
  const offset = to.state.following?.offset ?? 0;
  for (const { node, state } of rivals) {
    if (state === undefined || state.history !== to.state.history) continue;
    if (state.role === 'primary') throw new PluginError('second-primary', `${node.name} is the primary already`, false);
    const more = (state.following?.offset ?? 0) - offset;
    if (more > 0)
      throw new PluginError('not-the-best', `${node.name} has ${more} bytes more of the old primary's writes`, false);
  }
}
