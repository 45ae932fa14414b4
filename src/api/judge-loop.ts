import type { CatalogStatus } from '../catalog/catalog.js';
import { formatProblem } from '../catalog/problem.js';
import type { Instant } from '../core/alert.js';
import { sayDuration } from '../core/duration.js';

/** How one part of the loop is, in a sentence that says what to do where something is wrong. */
export interface LoopPart {
  readonly part: 'workers' | 'wake-ups' | 'queue' | 'runbooks' | 'alerts';
  readonly is: 'well' | 'doubtful' | 'broken';
  readonly says: string;
}

/** What is known of the loop. */
export interface LoopFacts {
  readonly now: Instant;
  /** When the last canary that came through queue and worker set out. */
  readonly canaryAt?: Instant;
  /** How late the latest wake-up is. */
  readonly oldestDueMs: number;
  readonly catalogue: CatalogStatus & { readonly runbooks: number; readonly resting: number };
  /** The last decision about an alert, of whatever kind. */
  readonly lastAlert?: { readonly at: Instant; readonly source: string };
  /** Jobs by state; unknown when the queue does not say. */
  readonly queue?: { readonly [state: string]: number };
}

/** A canary sets out every few seconds; the metric's alert has the same limit. */
export const CANARY_MS = 30_000;
/** A wake-up that is later than this is no more a slow one, but one that nobody answers. */
export const LATE_MS = 5_000;
/** So many jobs that wait are more than workers empty in passing. */
export const MANY_JOBS = 1_000;

/** Judges each part of the loop by the limits of docs/operations.md. */
export function judgeLoop(facts: LoopFacts): readonly LoopPart[] {
  const { queue } = facts;
  return [
    workers(facts),
    wakeUps(facts),
    ...(queue === undefined ? [] : [jobs(queue)]),
    runbooks(facts),
    alerts(facts),
  ];
}

function workers({ now, canaryAt }: LoopFacts): LoopPart {
  const help =
    'nothing moves until one does. Is a process with the role worker or all running, and what does its log say?';
  if (canaryAt === undefined)
    return { part: 'workers', is: 'doubtful', says: `No worker has answered yet, and ${help}` };
  const age = Math.max(0, now - canaryAt);
  if (age > CANARY_MS)
    return { part: 'workers', is: 'broken', says: `No worker has answered for ${sayDuration(age)}, and ${help}` };
  return { part: 'workers', is: 'well', says: `The last canary came through ${ago(age)}.` };
}

function wakeUps({ oldestDueMs }: LoopFacts): LoopPart {
  if (oldestDueMs <= LATE_MS)
    return { part: 'wake-ups', is: 'well', says: 'No execution waits longer than it should.' };
  const late = sayDuration(oldestDueMs);
  const help = 'Workers are away or overloaded; their log says which.';
  return { part: 'wake-ups', is: 'broken', says: `An execution should have gone on ${late} ago. ${help}` };
}

function jobs({ waiting = 0, active = 0, failed = 0 }: NonNullable<LoopFacts['queue']>): LoopPart {
  const counts = `${waiting} waiting, ${active} worked on`;
  if (waiting > MANY_JOBS)
    return { part: 'queue', is: 'doubtful', says: `The queue grows: ${counts}. More workers empty it faster.` };
  const said = failed > 0 ? `${counts}; ${failed} failed, which the sweeper makes up for` : counts;
  return { part: 'queue', is: 'well', says: `${said}.` };
}

function runbooks({ now, catalogue }: LoopFacts): LoopPart {
  const { problems, loadedAt, lastAttemptAt, runbooks: count, resting } = catalogue;
  const age = ago(now - loadedAt);
  const [first] = problems;
  if (first !== undefined) {
    const refused = `The newest edition was refused ${ago(now - lastAttemptAt)}, the one of ${age} stays in force.`;
    const says = `${refused} ${formatProblem(first)}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}`;
    return { part: 'runbooks', is: 'doubtful', says: `${says}. "npx firebreak validate" names every mistake.` };
  }
  if (count === 0) {
    const help = 'Write one in the folder runbooks/, or configure the plugins of those that rest in firebreak.yaml.';
    return { part: 'runbooks', is: 'doubtful', says: `No runbook is in force, so every alert is only noted. ${help}` };
  }
  const rest = resting === 0 ? '' : `; ${resting} rest until their plugins are configured`;
  return { part: 'runbooks', is: 'well', says: `${count} in force, read ${age}${rest}.` };
}

/** Silence is no fault: nothing may be wrong. */
function alerts({ now, lastAlert }: LoopFacts): LoopPart {
  if (lastAlert === undefined) return { part: 'alerts', is: 'well', says: 'None has come yet.' };
  const when = ago(now - lastAlert.at);
  return { part: 'alerts', is: 'well', says: `The last one came ${when}, from ${lastAlert.source}.` };
}

function ago(ms: number): string {
  return ms < 5_000 ? 'just now' : `${sayDuration(ms)} ago`;
}
