import { setTimeout as pause } from 'node:timers/promises';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { Cluster } from './clusters.js';
import type { Writer } from './gate.js';
import { isFollowedBy } from './pair.js';
import { runCommand } from './run-command.js';

const EVERY_MS = 50;

/**
 * Makes a replica of a former primary: runs the command that its operator has configured for that, and waits until it
 * streams. What it alone had is thrown away by that.
 *
 * @param node the former primary
 * @param follow the primary that it is to follow
 * @param withinMs for the command, and for streaming after it
 * @throws PluginError `no-rejoin-command`, `command-failed` or `not-following`
 */
export async function makeReplica(
  call: Writer,
  cluster: Cluster,
  node: string,
  follow: string,
  withinMs: number,
): Promise<void> {
  const command = cluster.server(node).rejoin;
  if (command === undefined)
    throw new PluginError(
      'no-rejoin-command',
      `the configuration names no rejoin command for ${node}: make it a replica of ${follow} by hand (deploy/postgres/rejoin shows how)`,
      false,
    );
  await call.fence();
  await runCommand([...command, follow], withinMs, call.signal);
  const end = performance.now() + withinMs;
  while (!(await isReplica(call, cluster, node, follow))) {
    if (performance.now() > end)
      throw new PluginError('not-following', `${node} was started as a replica, but does not stream from ${follow}`);
    await pause(EVERY_MS, undefined, { signal: call.signal });
  }
}

/** Tells whether a node is a standby that streams from that primary. */
export async function isReplica(
  call: Pick<Writer, 'signal'>,
  cluster: Cluster,
  node: string,
  follow: string,
): Promise<boolean> {
  const [replica, primary] = await Promise.all([
    cluster.stateIfThere(node, call.signal),
    cluster.stateIfThere(follow, call.signal),
  ]);
  return replica?.standby === true && primary?.standby === false && isFollowedBy(primary, node);
}
