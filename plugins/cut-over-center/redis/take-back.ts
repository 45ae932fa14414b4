import { PluginError } from '../../../src/plugin-sdk/index.js';
import { CLOSED, followNow, HANDED_OVER, isClosed, setMinReplicas, type Writing } from './closing.js';
import { assertReplica, type Seen } from './following.js';
import { assertSuccessor, handOver, twoPrimaries } from './hand-over.js';
import type { RedisNode } from './node.js';
import type { Promotion } from './promotion.js';

const CATCH_UP_MS = 2_000;

/**
 * Takes a planned promotion back without losing what the new primary took meanwhile: it is closed, the old one catches
 * up and leads again. That one stays closed, as it was before the promotion.
 *
 * @throws PluginError `not-a-replica` before anything is closed, when the old primary is not fit to lead;
 *   `not-caught-up` with the new primary open again
 */
export async function takeBack(call: Writing, from: RedisNode, to: RedisNode, before: Promotion): Promise<void> {
  const next: Seen = { node: to, state: await to.state(call.signal) };
  const old: Seen = { node: from, state: await orReopen(call, next, before, () => from.state(call.signal)) };
  if (next.state.role === 'replica') {
    await setMinReplicas(call, to, next.state, before.toHad);
    if (old.state.minReplicas === HANDED_OVER) await setMinReplicas(call, from, old.state, CLOSED);
    return;
  }
  if (old.state.role === 'primary' && !isClosed(old.state)) throw twoPrimaries(from, to);
  const task = { old: to, next: from, nextMinReplicas: CLOSED, oldMinReplicas: before.toHad };
  const comesBack = old.state.role === 'primary' && next.state.minReplicas === HANDED_OVER;
  if (comesBack) {
    // Broken off after the old one was made the primary again.
    return handOver(call, { ...task, history: next.state.history }, CATCH_UP_MS);
  }
  if (old.state.role === 'primary') {
    // The promotion itself broke off half-way: forward first, because the new primary may have taken writes.
    assertSuccessor(next, before.history);
    await followNow(call, from, old.state, to);
    throw new PluginError(
      'not-a-replica',
      `${from.name} follows ${to.name} only now; it can take over once it has its data`,
    );
  }
  assertReplica(old, to, next.state);
  if (!isClosed(next.state)) await setMinReplicas(call, to, next.state, CLOSED);
  await orReopen(call, next, before, () => handOver(call, { ...task, history: next.state.history }, CATCH_UP_MS));
}

/** Opens the new primary again when it was closed in vain; not once the old one may have been made a primary. */
async function orReopen<T>(call: Writing, next: Seen, before: Promotion, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    const now = await next.node.state(call.signal);
    if (now.role === 'primary' && now.minReplicas === CLOSED) await setMinReplicas(call, next.node, now, before.toGets);
    throw error;
  }
}
