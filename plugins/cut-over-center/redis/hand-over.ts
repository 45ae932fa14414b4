import { setTimeout as pause } from 'node:timers/promises';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import {
  CLOSED,
  followNow,
  HANDED_OVER,
  isClosed,
  keep,
  leadNow,
  openPrimary,
  setMinReplicas,
  type Writing,
} from './closing.js';
import { assertReplica, bytesBehind, follows, type Seen } from './following.js';
import type { NodeState } from './node-state.js';
import type { RedisNode } from './node.js';

/** Who hands over to whom, and what the two are left with. */
export interface HandOver {
  readonly old: RedisNode;
  readonly next: RedisNode;
  /** The history of writes that both are in: the one that the plan was made of. */
  readonly history: string;
  /** `min-replicas-to-write` that the new primary begins with. */
  readonly nextMinReplicas: number;
  /** The same of the old one, once it is a replica. */
  readonly oldMinReplicas: number;
}

const LOOK_EVERY_MS = 20;

/**
 * Makes a replica the primary and the closed primary its replica, in that order and never with two that take writes.
 * Repeatable from wherever it broke off.
 *
 * @param call its fence is awaited before each write
 * @param withinMs how long the replica may take to have everything
 * @throws PluginError `not-closed`, `not-a-replica`, `changed-meanwhile` and `not-caught-up`, all before the first write
 *   that matters; `second-primary` when somebody has opened the old one although the new one is a primary
 */
export async function handOver(call: Writing, task: HandOver, withinMs: number): Promise<void> {
  const { old, next, history } = task;
  const replica = await next.state(call.signal);
  if (replica.role === 'replica') {
    const primary = await old.state(call.signal);
    await caughtUp(call, task, primary, withinMs);
    // From here on nobody opens the old one again without having seen what the new one is.
    if (primary.minReplicas === HANDED_OVER) await keep(call, old, primary);
    else await setMinReplicas(call, old, primary, HANDED_OVER);
    await setMinReplicas(call, next, replica, CLOSED);
    // The second look, as close to the act as it can be: the same server, still closed, still nothing left over.
    const last = await old.state(call.signal);
    if (last.runId !== primary.runId) throw new PluginError('changed-meanwhile', `${old.name} was started again`);
    await caughtUp(call, task, last, withinMs);
    await leadNow(call, next, replica);
  } else {
    assertSuccessor({ node: next, state: replica }, history);
    await keep(call, next, replica);
  }
  await openPrimary(call, next, task.nextMinReplicas);
  await retire(call, task);
}

/**
 * Waits until a replica has everything that its closed primary has.
 *
 * @throws PluginError `not-closed`, `not-a-replica`, `changed-meanwhile`, or `not-caught-up` when the time is over
 */
export async function caughtUp(
  { signal }: Pick<Writing, 'signal'>,
  { old, next, history }: Pick<HandOver, 'old' | 'next' | 'history'>,
  primary: NodeState,
  withinMs: number,
): Promise<void> {
  if (primary.role === 'primary' && !isClosed(primary))
    throw new PluginError('not-closed', `${old.name} takes writes, so nobody can have all of them: redis-fence first`);
  if (primary.history !== history) {
    const detail = `${old.name} began another history of writes since this was planned: have it planned anew`;
    throw new PluginError('changed-meanwhile', detail, false);
  }
  const end = performance.now() + withinMs;
  for (;;) {
    const state = await next.state(signal);
    const behind = bytesBehind(state, primary);
    const linked = state.following?.linkUp === true;
    if (linked || performance.now() > end) assertReplica({ node: next, state }, old, primary);
    if (linked && behind === 0) return;
    if (performance.now() > end) {
      const detail = `${next.name} is still ${behind} bytes behind ${old.name} after ${withinMs} ms`;
      throw new PluginError('not-caught-up', detail);
    }
    await pause(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** Makes the old primary a replica of the new one, and only then lets go of what keeps it closed. */
async function retire(call: Writing, task: HandOver): Promise<void> {
  const { old, next } = task;
  const state = await old.stateIfReachable(call.signal);
  if (state === undefined) {
    call.log.warn('the old primary does not answer; it is closed, and redis-rejoin makes it a replica', {
      node: old.name,
    });
    return;
  }
  if (state.following === undefined) {
    if (!isClosed(state)) throw twoPrimaries(old, next);
    await followNow(call, old, state, next);
  } else if (!follows(state.following, next)) {
    throw new PluginError('changed-meanwhile', `${old.name} follows somebody else by now`, false);
  }
  await setMinReplicas(call, old, state, task.oldMinReplicas);
  await keep(call, old, state);
}

/** The error for a primary that takes writes although another one was made. */
export function twoPrimaries(open: RedisNode, other: RedisNode): PluginError {
  const detail = `${open.name} takes writes although ${other.name} is the primary: close it, and redis-rejoin it`;
  return new PluginError('second-primary', detail, false);
}

/** Throws when a primary did not come out of the history that the plan was made of. */
export function assertSuccessor({ node, state }: Seen, history: string): void {
  if (state.earlierHistory === history || state.history === history) return;
  const detail = `${node.name} is a primary, but not one that came out of what was planned: somebody changed it meanwhile`;
  throw new PluginError('changed-meanwhile', detail, false);
}
