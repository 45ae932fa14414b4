import { setTimeout as pause } from 'node:timers/promises';
import { PluginError, type EffectCall, type Progress } from '../../../src/plugin-sdk/index.js';
import { waitForMark } from './caught-up.js';
import type { Cluster } from './clusters.js';
import { close, open } from './gate.js';
import type { PostgresSystem } from './kit.js';
import { isFollowedBy, isOpen } from './pair.js';
import type { WaitingMove } from './params.js';
import type { PromoteBefore } from './promote-before.js';
import { makeReplica } from './replica.js';
import type { ServerState } from './state.js';
import { setNames } from './sync-setting.js';
import { promote } from './take-over.js';

type Revert = EffectCall<PostgresSystem, WaitingMove>;
/** What came of one stage: go on with the next, wait for something, or nothing is left to do. */
type Stage = 'next' | 'wait' | 'done';

const LONGEST_MS = 10_000;
const EVERY_MS = 50;

/**
 * Hands a cluster back to the server that had it. Each stage is found from what both servers are now, so that whoever
 * comes after a crash goes on where it stopped:
 *
 * 1. the old primary comes back as a replica of the new one, which goes on serving;
 * 2. the new one is closed, the old one gets the rest and is promoted;
 * 3. the new one becomes its replica again, and the settings are as they were.
 */
export async function switchBack(call: Revert, before: PromoteBefore): Promise<Progress> {
  const end = performance.now() + LONGEST_MS;
  for (;;) {
    const stage = await nextStage(call, before);
    if (stage === 'done') return { done: true };
    if (performance.now() > end) return { done: false, againInMs: 100 };
    if (stage === 'wait') await pause(EVERY_MS, undefined, { signal: call.signal });
  }
}

async function nextStage(call: Revert, before: PromoteBefore): Promise<Stage> {
  const { params, signal, client } = call;
  const cluster = client.postgres.get(params.cluster);
  const [from, to] = await Promise.all([cluster.stateIfThere(params.from, signal), cluster.state(params.to, signal)]);
  if (to.standby) return restore(call, cluster, before, to, from);
  if (from === undefined) throw noWayBack(params.from, params.to);
  const within = client.postgres.rejoinTimeoutMs;
  if (from.standby) return handBack(call, cluster, from, to);
  if (from.timeline === to.timeline)
    throw new PluginError(
      'second-primary',
      `${from.name} and ${to.name} are both primaries on timeline ${to.timeline}: somebody must decide which is right`,
      false,
    );
  const [older, newer] = from.timeline < to.timeline ? [from, to] : [to, from];
  // Closed even if it was only cut off: it must take nothing any more that is going to be thrown away.
  if (!(await shutDown(call, cluster, older))) return 'wait';
  await makeReplica(call, cluster, older.name, newer.name, within);
  return 'next';
}

/** The new primary is closed, and the old one, which is its replica, gets the rest and is promoted. */
async function handBack(call: Revert, cluster: Cluster, from: ServerState, to: ServerState): Promise<Stage> {
  if (!isFollowedBy(to, from.name)) return 'wait';
  if (!(await shutDown(call, cluster, to))) return 'wait';
  const closed = await cluster.state(to.name, call.signal);
  const waited = await waitForMark(call, { cluster, from: closed, to: from }, () => call.key, call.params.within);
  if (waited === 'not-yet') return 'wait';
  return (await promote(call, cluster, from.name)) ? 'next' : 'wait';
}

/** The new one is a standby: it never took over, or no longer is what it was. The rest is settings. */
async function restore(
  call: Revert,
  cluster: Cluster,
  before: PromoteBefore,
  to: ServerState,
  from: ServerState | undefined,
): Promise<Stage> {
  const visit = (state: ServerState, wanted: string | null) =>
    cluster.server(state.name).visit(call.signal, (session) => setNames(call, session, state, wanted));
  await visit(to, before.toNames);
  if (from === undefined || from.standby) return 'done';
  await visit(from, before.fromNames);
  if (before.open)
    await cluster.server(from.name).visit(call.signal, (session) => open(call, session, cluster.databases));
  return 'done';
}

function shutDown(call: Revert, cluster: Cluster, state: ServerState): Promise<boolean> {
  if (!isOpen(state)) return Promise.resolve(true);
  return cluster.server(state.name).visit(call.signal, (session) => close(call, session, cluster.databases));
}

function noWayBack(from: string, to: string): PluginError {
  return new PluginError(
    'no-way-back',
    `${from} can't be reached, so ${to} stays the primary. Bring ${from} back as a replica (cut-over-center/postgres-rejoin), then cut over to it`,
    false,
  );
}
