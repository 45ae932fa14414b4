import { setTimeout as pause } from 'node:timers/promises';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { Writer } from './gate.js';
import { isAbove, lagOf, sayLag, sayMost, type MostLag } from './lag.js';
import { readMark, setMark } from './marks.js';
import type { Pair } from './pair.js';
import { isFlushed } from './position.js';
import { readState } from './state.js';

const EVERY_MS = 20;
const LONGEST_LOOK_MS = 1_000;

/** What came of waiting for a standby. */
export type Waited = 'all-there' | 'not-yet';

/**
 * Waits a moment until the standby has all that its closed primary has written. Two ways of seeing that must agree: the
 * positions in the log, and a mark that is written on the primary after everything else and read on the standby.
 *
 * @param mark what to write; it stays when it is there already
 * @param withinMs how old the mark may become until it is an error, in milliseconds
 * @throws PluginError `did-not-catch-up`, `replay-paused` or `not-fenced`
 */
export async function waitForMark(
  call: Writer,
  pair: Pair,
  mark: (was: string | null) => string,
  withinMs: number,
): Promise<Waited> {
  const { cluster, from, to } = pair;
  if (from === undefined) throw new Error('there is no primary to leave a mark on');
  if (from.open.length > 0)
    throw new PluginError(
      'not-fenced',
      `${from.name} is open: what is written there now would never arrive. Fence it first`,
      false,
    );
  const made = await cluster.server(from.name).visit(call.signal, async (session) => {
    const was = await readMark(session, cluster.name);
    const wanted = mark(was?.mark ?? null);
    if (was?.mark !== wanted) await setMark(call, session, cluster.name, wanted);
    return readMark(session, cluster.name);
  });
  if (made === undefined) throw new Error('the mark was not written');
  const end = performance.now() + LONGEST_LOOK_MS;
  for (;;) {
    const missing = await whatIsMissing(call, pair, made.mark);
    if (missing === undefined) return 'all-there';
    if (made.ago + performance.now() - end + LONGEST_LOOK_MS > withinMs)
      throw new PluginError('did-not-catch-up', `${to.name} has not caught up in time: ${missing}`, false);
    if (performance.now() > end) return 'not-yet';
    await pause(EVERY_MS, undefined, { signal: call.signal });
  }
}

/** Says what a standby lacks of its closed primary; undefined when it has all. */
export async function whatIsMissing(
  call: Pick<Writer, 'signal'>,
  pair: Pair,
  mark: string,
): Promise<string | undefined> {
  const { cluster } = pair;
  const from = await cluster.state(pair.from?.name ?? '', call.signal);
  const [to, seen] = await cluster.server(pair.to.name).visit(call.signal, async (session) => {
    const there = await readMark(session, cluster.name);
    return [await readState(session, pair.to.name, cluster.databases), there?.mark] as const;
  });
  if (to.paused) return `the replay on ${to.name} is paused`;
  if (!isFlushed(from.written, from.settled)) return `${from.name} has not yet written everything to its disk`;
  if (to.settled < from.settled) return `it is ${sayLag(lagOf(from, to))} behind`;
  return seen === mark ? undefined : `it lacks the last thing that was written on ${from.name}`;
}

/**
 * Waits until a standby whose primary is away has replayed all that it has received.
 *
 * @throws PluginError `did-not-catch-up` after `withinMs`
 */
export async function waitForReplay(call: Writer, pair: Pair, withinMs: number): Promise<Waited> {
  const { cluster } = pair;
  await call.fence();
  const end = performance.now() + withinMs;
  for (;;) {
    const to = await cluster.state(pair.to.name, call.signal);
    if (!to.standby || (to.settled >= to.written && !to.paused)) return 'all-there';
    if (performance.now() > end) {
      const rest = `${Number(to.written - to.settled)} bytes of what it has received are not replayed`;
      throw new PluginError(
        'did-not-catch-up',
        `${to.name} has not caught up in time: ${to.paused ? 'its replay is paused; ' : ''}${rest}`,
        false,
      );
    }
    await pause(EVERY_MS, undefined, { signal: call.signal });
  }
}

/**
 * Refuses a cut-over to a standby that is too far behind, or that does not replay.
 *
 * @throws PluginError `replica-lags` or `replay-paused`
 */
export function refuseLag({ from, to }: Pair, most: MostLag): void {
  if (to.paused) {
    const what = `the replay on ${to.name} is paused: call pg_wal_replay_resume() there first`;
    throw new PluginError('replay-paused', what, false);
  }
  const lag = from === undefined ? { bytes: Number(to.written - to.settled), seconds: 0 } : lagOf(from, to);
  if (!isAbove(lag, most)) return;
  const what = `${to.name} is ${sayLag(lag)} behind; at most ${sayMost(most)} is allowed`;
  throw new PluginError('replica-lags', `${what}: wait until it has caught up, or find out why it does not`);
}
