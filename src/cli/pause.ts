import { hostname, userInfo } from 'node:os';
import { readInstant } from '../api/instants.js';
import { findRedis } from '../config/redis-settings.js';
import type { Instant } from '../core/alert.js';
import { parseDuration } from '../core/duration.js';
import { isPauseScope, type Pause } from '../core/pause.js';
import { EXIT, Stopped, WrongUse, type Out } from './command.js';
import { httpKillSwitch } from './http-kill-switch.js';
import type { KillSwitch } from './kill-switch.js';
import { needed, readLine, type Line } from './read-line.js';
import { redisKillSwitch } from './redis-kill-switch.js';
import { table } from './table.js';
import { away } from './when.js';

const OPTIONS = ['reason', 'for', 'until', 'by', 'via'] as const;
type PauseLine = Line<(typeof OPTIONS)[number]>;

/** Pulls the kill switch, lifts a pause, or lists those in force. */
export async function run(args: readonly string[], out: Out): Promise<number> {
  const line = readLine(args, 2, OPTIONS);
  const does = deedOf(line);
  const killSwitch = await reach(line.option('via'), out);
  try {
    return await does(killSwitch, out);
  } finally {
    killSwitch.close();
  }
}

type Deed = (killSwitch: KillSwitch, out: Out) => Promise<number>;

/** Everything that can be wrong with a command line is found before anything is connected to. */
function deedOf(line: PauseLine): Deed {
  const [word, id] = line.words;
  if (word === 'list') return list;
  const reason = needed(line.option('reason'), '--reason');
  const by = line.option('by') ?? somebody();
  if (word === 'lift') return lift(needed(id, 'the id of a pause'), by, reason);
  const scope = needed(word, 'a scope');
  if (id !== undefined) throw new WrongUse(`"${id}" is too much`);
  if (!isPauseScope(scope))
    throw new WrongUse(`"${scope}" is no scope: it must be all, runbook:<name>, plugin:<name> or target:<glob>`);
  return pull({ scope, reason, by }, endOf(line));
}

async function list(killSwitch: KillSwitch, out: Out): Promise<number> {
  await show(killSwitch, out);
  return EXIT.done;
}

function lift(id: string, by: string, reason: string): Deed {
  return async (killSwitch, out) => {
    const isLifted = await killSwitch.lift(id, by, reason);
    out(isLifted ? `lifted ${id} through ${killSwitch.where}` : `there is no pause ${id} at ${killSwitch.where}`);
    await show(killSwitch, out);
    return isLifted ? EXIT.done : EXIT.no;
  };
}

function pull(order: Pick<Pause, 'scope' | 'reason' | 'by'>, end: (now: Instant) => Instant | undefined): Deed {
  return async (killSwitch, out) => {
    const until = end(await killSwitch.now());
    const { pause, warning } = await killSwitch.pull({ ...order, ...(until === undefined ? {} : { until }) });
    out(`paused ${pause.scope} through ${killSwitch.where}`);
    const doubt = await killSwitch.doubt();
    for (const one of [warning, doubt]) if (one !== undefined) out(`warning: ${one}`);
    await show(killSwitch, out);
    return EXIT.done;
  };
}

/** Says when a pause ends, once the time by which it ends is known. */
function endOf(line: PauseLine): (now: Instant) => Instant | undefined {
  const [length, until] = [line.option('for'), line.option('until')];
  if (length !== undefined && until !== undefined) throw new WrongUse('--for and --until say the same: give one');
  if (length !== undefined) {
    const parsed = parseDuration(length);
    if (!parsed.ok || parsed.ms === 0) throw new WrongUse(`--for must be a duration such as 30m or 1h30m`);
    return (now) => now + parsed.ms;
  }
  if (until === undefined) return () => undefined;
  const end = readInstant(until);
  if (end === undefined) throw new WrongUse('--until must be a moment in RFC 3339 such as 2026-11-21T18:00:00Z');
  return (now) => {
    if (end > now) return end;
    throw new WrongUse(`--until ${until} has passed: it is ${new Date(now).toISOString()} by the clock that counts`);
  };
}

async function show(killSwitch: KillSwitch, out: Out): Promise<void> {
  const [now, inForce] = await Promise.all([killSwitch.now(), killSwitch.inForce()]);
  if (inForce.length === 0) return out('nothing is paused');
  const rows = inForce
    .toSorted((a, b) => a.at - b.at)
    .map(({ id, scope, by, at, until, reason }) => [
      id,
      scope,
      by,
      away(new Date(at).toISOString(), now),
      until === undefined ? 'when it is lifted' : away(new Date(until).toISOString(), now),
      reason,
    ]);
  for (const row of table(['id', 'scope', 'by', 'since', 'ends', 'reason'], rows)) out(row);
}

/** Redis itself, so that nothing else has to work; a service only when it is wanted, or when Redis is out of reach. */
async function reach(via: string | undefined, out: Out): Promise<KillSwitch> {
  if (via === 'http') return httpKillSwitch();
  if (via !== undefined && via !== 'redis') throw new WrongUse('--via must be redis or http');
  try {
    const found = findRedis(process.env, process.cwd());
    if (!found.ok)
      throw new Stopped(
        `nobody can tell which Redis it is; name it with FIREBREAK_REDIS_URL\n${found.problems.join('\n')}`,
        EXIT.unavailable,
      );
    return await redisKillSwitch(found.settings);
  } catch (error) {
    if (via === 'redis' || (process.env['FIREBREAK_URL'] ?? '') === '' || !(error instanceof Stopped)) throw error;
    out(error.message.split('\n')[0] ?? '');
    out('going through the service at FIREBREAK_URL instead');
    return httpKillSwitch();
  }
}

/** Who sits at this machine, when they do not say it. */
function somebody(): string {
  return `${process.env['USER'] ?? userInfo().username}@${hostname()}`;
}
