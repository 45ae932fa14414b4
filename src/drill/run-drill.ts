import type { Instant } from '../core/alert.js';
import type { Drill } from './drill-schema.js';
import type { DrillReport } from './drill-report.js';
import { obstacleTo, unsteady } from './guards.js';
import { judge, type Seen } from './judge.js';
import type { DrillParts, SeenExecution, Series, TrafficFigures } from './ports.js';
import { messageOf } from '../core/message-of.js';
import { underFault, type Course } from './under-fault.js';
import { waited } from './waiting.js';

/** How a run ended: with a report, or without one because it could not be held, or not to its end. */
export type DrillEnd =
  { readonly held: true; readonly report: DrillReport } | { readonly held: false; readonly why: string };

const POLL_MS = 500;

/**
 * Holds a drill: looks whether it may be, whether all is well, makes the fault, watches, takes the fault back, and judges.
 * Whatever happens after the fault was made, it is taken back.
 */
export async function runDrill(drill: Drill, parts: DrillParts): Promise<DrillEnd> {
  const refusal = await obstacleTo(drill, parts);
  if (refusal !== undefined) return { held: false, why: refusal };
  const stopTraffic = parts.traffic?.start();
  try {
    return await withTraffic(drill, parts, () => stopTraffic?.());
  } finally {
    stopTraffic?.();
  }
}

async function withTraffic(
  drill: Drill,
  parts: DrillParts,
  stopTraffic: () => TrafficFigures | undefined,
): Promise<DrillEnd> {
  const { clock, say, stop, service } = parts;
  const { spec } = drill;
  if (spec.traffic !== undefined) {
    say('steady state: sending requests');
    // beside the time that is looked at, so much that rates over some seconds have something to say
    if (!(await waited(clock, 2 * spec.steady, stop))) return INTERRUPTED;
  }
  const wrong = await unsteady(drill, parts);
  if (wrong !== undefined) return { held: false, why: wrong };
  say('steady state: everything holds');
  const before = new Set((await service.executionsOn(spec.target)).map(({ id }) => id));
  // somebody may have pulled the brake in the meantime
  const refusal = (await obstacleTo(drill, parts)) ?? (stop.aborted ? INTERRUPTED.why : undefined);
  if (refusal !== undefined) return { held: false, why: refusal };

  const course = await underFault(drill, parts);
  if (course.end === 'interrupted' || !(await waited(clock, spec.settle, stop)))
    return { held: false, why: [INTERRUPTED.why, ...course.trouble].join('; ') };
  const watchedTo = clock.now();
  const executions = await executionsSince(before, drill, parts);
  if (executions === undefined) return { held: false, why: [INTERRUPTED.why, ...course.trouble].join('; ') };
  const seen = await look(drill, parts, course, watchedTo, executions);
  const traffic = stopTraffic();
  return { held: true, report: judge(drill, { ...seen, ...(traffic === undefined ? {} : { traffic }) }) };
}

const INTERRUPTED = { held: false, why: 'it was interrupted' } as const satisfies DrillEnd;

/** Waits for what the drill has caused to be done; some time after the fault is taken back, whoever is not done is reported so. Undefined when it is interrupted. */
async function executionsSince(
  before: ReadonlySet<string>,
  { spec }: Drill,
  { clock, service, stop }: DrillParts,
): Promise<readonly SeenExecution[] | string | undefined> {
  const end = clock.now() + spec.expect.within;
  for (;;) {
    const caused = await settledOr(async () => {
      const all = await service.executionsOn(spec.target);
      return all.filter(({ id }) => !before.has(id)).toSorted((a, b) => a.openedAt - b.openedAt);
    });
    const isDone = typeof caused !== 'string' && caused.every(({ phase }) => phase === 'closed' || phase === 'holding');
    if (isDone || clock.now() >= end) return caused;
    if (!(await waited(clock, POLL_MS, stop))) return undefined;
  }
}

async function look(
  { spec }: Drill,
  { measures, injector }: DrillParts,
  { injectedAt, takenBackAt, trouble, end, why }: Course,
  watchedTo: Instant,
  executions: readonly SeenExecution[] | string,
): Promise<Seen> {
  // moments before the fault are counted back from it, so that the fault itself is one of them
  const from = injectedAt - Math.floor(spec.steady / spec.every) * spec.every;
  const range = (query: string): Promise<readonly Series[] | string> =>
    settledOr(() => measures.range(query, from, watchedTo, spec.every));
  const series = new Map<string, readonly Series[] | string>();
  for (const { name, query } of spec.slo) series.set(name, await range(query));
  const { felt } = spec.expect;
  return {
    fault: injector.what,
    from,
    injectedAt,
    ...(takenBackAt === undefined ? {} : { takenBackAt }),
    to: watchedTo,
    series,
    ...(felt === undefined ? {} : { felt: await range(felt.query) }),
    executions,
    ...(end === 'aborted' ? { aborted: why } : {}),
    trouble,
  };
}

/** Gives the answer, or in words why there is none. */
async function settledOr<T>(ask: () => Promise<T>): Promise<T | string> {
  try {
    return await ask();
  } catch (error) {
    return messageOf(error);
  }
}
