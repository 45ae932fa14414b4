import { setTimeout as pause } from 'node:timers/promises';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { Cluster } from './clusters.js';
import { open, write, type Writer } from './gate.js';
import { readHeartbeat, writeHeartbeat } from './heartbeat.js';
import { makeTables } from './own-tables.js';
import { isOpen } from './pair.js';
import { setNames } from './sync-setting.js';

const EVERY_MS = 20;
const LONGEST_PROMOTION_MS = 5_000;

/**
 * Makes a primary of a standby, which stays closed if it was: nothing waits for a standby there any more, and it has its
 * own line of history from then on.
 *
 * @param to the standby's name
 * @returns false when it is not a primary yet: ask again
 */
export async function promote(call: Writer, cluster: Cluster, to: string): Promise<boolean> {
  const now = await cluster.state(to, call.signal);
  if (!now.standby) return true;
  await cluster.server(to).visit(call.signal, async (session) => {
    // Before it is a primary: its first commit must not wait for itself, or for the one that is gone.
    if (now.names !== '' || now.namesPending) await setNames(call, session, now, '');
    await write(call, session, 'SELECT pg_promote(false)');
  });
  const end = performance.now() + LONGEST_PROMOTION_MS;
  while ((await cluster.state(to, call.signal)).standby) {
    if (performance.now() > end) return false;
    await pause(EVERY_MS, undefined, { signal: call.signal });
  }
  return true;
}

/**
 * Opens the new primary, as long as the old one is not open, and proves that it takes writes.
 *
 * @param from the old primary's name
 * @param to the new primary's name
 * @throws PluginError `second-primary` when the old one is open again
 */
export async function openAfter(call: Writer, cluster: Cluster, from: string, to: string): Promise<void> {
  const [old, now] = await Promise.all([cluster.stateIfThere(from, call.signal), cluster.state(to, call.signal)]);
  if (old !== undefined && isOpen(old))
    throw new PluginError(
      'second-primary',
      `${to} is promoted and stays closed, because somebody has opened ${from} again: close one of them for good`,
      false,
    );
  await cluster.server(to).visit(call.signal, async (session) => {
    if (now.open.length < cluster.databases.length) await open(call, session, cluster.databases);
    if ((await readHeartbeat(session, cluster.name))?.node === to) return;
    await makeTables(session, (sql) => write(call, session, sql));
    await call.fence();
    call.signal.throwIfAborted();
    await writeHeartbeat(session, cluster.name, to);
  });
  for (const database of cluster.databases)
    await cluster.server(to).visit(call.signal, (session) => session.rows('SELECT 1'), { database });
}
