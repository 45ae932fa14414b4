import type { EffectCall } from '../../../src/plugin-sdk/index.js';
import type { NodeState } from './node-state.js';
import type { RedisNode } from './node.js';

/**
 * `min-replicas-to-write` of a closed primary: more replicas than there can be, so that every write is answered with
 * NOREPLICAS while its replicas go on being fed.
 */
export const CLOSED = 2_147_483_647;

/** The same, and besides: another node may be the primary by now, so it must not be opened before one knows. */
export const HANDED_OVER = CLOSED - 1;

/** The part of a call that writing needs. */
export type Writing = Pick<EffectCall<unknown, unknown>, 'fence' | 'signal' | 'log'>;

/** Whether a node would take no writes as a primary. */
export function isClosed(state: NodeState): boolean {
  return state.minReplicas >= HANDED_OVER && state.minReplicasMaxLag > 0;
}

/** Says as plans do whether a primary takes writes. */
export function writesOf(state: NodeState): 'open' | 'closed' {
  return isClosed(state) ? 'closed' : 'open';
}

/** Sets `min-replicas-to-write` and has it kept over a restart; nothing is written when it is so already. */
export async function setMinReplicas(call: Writing, node: RedisNode, state: NodeState, value: number): Promise<void> {
  if (state.minReplicas === value) return;
  await call.fence();
  await node.write(call.signal, 'CONFIG', 'SET', 'min-replicas-to-write', String(value));
  call.log.info('min-replicas-to-write changed', { node: node.name, from: state.minReplicas, to: value });
  await keep(call, node, state);
}

/** Makes a node the replica of another one, now and after a restart. */
export async function followNow(call: Writing, node: RedisNode, state: NodeState, primary: RedisNode): Promise<void> {
  const { host, port } = primary.address;
  await call.fence();
  await node.write(call.signal, 'REPLICAOF', host, String(port));
  call.log.info('node became a replica', { node: node.name, of: primary.name });
  await keep(call, node, state);
}

/** Makes a replica a primary, now and after a restart. */
export async function leadNow(call: Writing, node: RedisNode, state: NodeState): Promise<void> {
  await call.fence();
  await node.write(call.signal, 'REPLICAOF', 'NO', 'ONE');
  call.log.info('node became a primary', { node: node.name });
  await keep(call, node, state);
}

/**
 * Opens a new primary, which was made one while it was closed: a server that takes writes has written down that it is a
 * primary, and would be no replica of a dead one after a restart.
 */
export async function openPrimary(call: Writing, node: RedisNode, minReplicas: number): Promise<void> {
  await setMinReplicas(call, node, await node.state(call.signal), minReplicas);
}

/** Has a node write down its configuration, if it has a file: what it was told must hold after a restart, too. */
export async function keep(call: Writing, node: RedisNode, state: NodeState): Promise<void> {
  if (!state.keepsConfig) return;
  await call.fence();
  await node.write(call.signal, 'CONFIG', 'REWRITE');
}
