import type { Instant } from '../core/alert.js';
import { formatDuration } from '../core/duration.js';
import type { Drill, Slo } from './drill-schema.js';
import type { DrillReport, SloReport } from './drill-report.js';
import { judgeExecutions } from './judge-executions.js';
import type { SeenExecution, Series, TrafficFigures } from './ports.js';
import { statusOf, timesOf, type Reading } from './readings.js';

/** Everything that was seen of one run. */
export interface Seen {
  /** The fault in words. */
  readonly fault: string;
  /** The first moment that was looked at: the steady state before the fault. */
  readonly from: Instant;
  readonly injectedAt: Instant;
  /** Absent when it could not be taken back. */
  readonly takenBackAt?: Instant;
  /** The last moment that was looked at. */
  readonly to: Instant;
  /** The series of each SLO by its name, or why there are none. */
  readonly series: ReadonlyMap<string, readonly Series[] | string>;
  readonly felt?: readonly Series[] | string;
  /** Those that were opened on the target since the fault. */
  readonly executions: readonly SeenExecution[] | string;
  /** Why it was ended early. */
  readonly aborted?: string;
  /** What went wrong with the fault itself, such as that it could not be taken back. */
  readonly trouble: readonly string[];
  readonly traffic?: TrafficFigures;
}

/** Judges one run: pure, so that the same samples always give the same verdict. What is not known is never success. */
export function judge({ metadata, spec }: Drill, seen: Seen): DrillReport {
  const { runbook, outcome, recovery } = spec.expect;
  const from = seen.injectedAt + (recovery ?? 0);
  const times = timesOf(seen.from, seen.to, spec.every);
  const slos = spec.slo.map((slo) => judgeSlo(slo, seen.series.get(slo.name) ?? 'it was not asked about', times, from));
  const recoveredAt = recoveryIn(slos, seen.injectedAt);
  const executions = typeof seen.executions === 'string' ? [] : seen.executions;
  const felt = feltIn(spec.expect.felt, seen, times);
  const reasons = [
    ...(seen.aborted === undefined ? [] : [`aborted: ${seen.aborted}`]),
    ...seen.trouble,
    ...(typeof seen.executions === 'string' ? [seen.executions] : judgeExecutions(spec, executions, seen.injectedAt)),
    ...(felt === undefined || felt.was ? [] : [felt.detail]),
    ...slos.flatMap(({ name, verdict, detail }) => (verdict === 'held' ? [] : [`${name}: ${detail}`])),
    ...tooLate(recoveredAt, seen.injectedAt, recovery),
  ];
  const firstEffectAt = executions
    .flatMap(({ timeline }) => timeline['firstEffectAt'] ?? [])
    .toSorted((a, b) => a - b)[0];
  return {
    drill: metadata.name,
    title: metadata.title,
    owner: metadata.owner,
    target: spec.target,
    fault: seen.fault,
    expected: {
      runbook,
      ...(runbook === 'none' ? {} : { outcome: outcome ?? 'succeeded' }),
      ...(recovery === undefined ? {} : { recoveryMs: recovery }),
    },
    verdict: seen.aborted !== undefined ? 'aborted' : reasons.length === 0 ? 'passed' : 'breached',
    reasons,
    ...(recoveredAt === undefined ? {} : { recoveryMs: recoveredAt - seen.injectedAt }),
    marks: {
      injectedAt: seen.injectedAt,
      ...(firstEffectAt === undefined ? {} : { firstEffectAt }),
      ...(recoveredAt === undefined ? {} : { recoveredAt }),
      ...(seen.takenBackAt === undefined ? {} : { takenBackAt: seen.takenBackAt }),
    },
    endedAt: seen.to,
    slos,
    ...(felt === undefined ? {} : { felt: felt.detail }),
    executions,
    ...(seen.traffic === undefined ? {} : { traffic: seen.traffic }),
  };
}

/** It must hold at every moment from `from` on, at as many as are asked for. */
function judgeSlo(slo: Slo, series: readonly Series[] | string, times: readonly Instant[], from: Instant): SloReport {
  const { name, query, is, samples } = slo;
  const about = { name, query, is: is.text, limit: is.limit, from };
  if (typeof series === 'string') return { ...about, verdict: 'unknown', detail: series, readings: [] };
  const readings = times.map((at) => statusOf(series, at, is));
  const judged = readings.filter(({ at }) => at >= from);
  const known = judged.filter(({ status }) => status !== 'unknown');
  const broken = judged.filter(({ status }) => status === 'broken');
  const [first] = broken;
  const of = `of ${judged.length} samples`;
  if (first !== undefined)
    return {
      ...about,
      verdict: 'breached',
      detail: `${broken.length} ${of} are not as wanted; the first is ${first.detail}`,
      readings,
    };
  const missing = judged.find(({ status }) => status === 'unknown');
  if (missing !== undefined)
    return {
      ...about,
      verdict: 'unknown',
      detail: `${judged.length - known.length} ${of} say nothing (${missing.detail})`,
      readings,
    };
  if (judged.length < samples)
    return {
      ...about,
      verdict: 'unknown',
      detail: `only ${judged.length} samples, at least ${samples} were wanted`,
      readings,
    };
  return { ...about, verdict: 'held', detail: `all ${judged.length} samples are ${is.text}`, readings };
}

/** The first moment from which everything held to the end; the fault itself when nothing ever broke. */
function recoveryIn(slos: readonly SloReport[], injectedAt: Instant): Instant | undefined {
  if (slos.some(({ readings }) => readings.length === 0)) return undefined;
  const moments = slos.map(({ readings }) => {
    const since = readings.filter(({ at }) => at >= injectedAt);
    const last = since.findLastIndex(({ status }) => status !== 'held');
    return last < 0 ? injectedAt : since[last + 1]?.at;
  });
  return moments.reduce<Instant | undefined>(
    (latest, at) => (latest === undefined || at === undefined ? undefined : Math.max(latest, at)),
    injectedAt,
  );
}

function tooLate(recoveredAt: Instant | undefined, injectedAt: Instant, objectiveMs: number | undefined): string[] {
  const wanted = objectiveMs === undefined ? '' : `; ${formatDuration(objectiveMs)} was wanted`;
  if (recoveredAt === undefined) return [`the service did not come back while it was watched${wanted}`];
  if (objectiveMs === undefined || recoveredAt - injectedAt <= objectiveMs) return [];
  return [`the recovery took ${formatDuration(recoveredAt - injectedAt)}${wanted}`];
}

/** A fault that reached nobody proves nothing. */
function feltIn(
  felt: Drill['spec']['expect']['felt'],
  seen: Seen,
  times: readonly Instant[],
): { readonly was: boolean; readonly detail: string } | undefined {
  if (felt === undefined) return undefined;
  const { query, is } = felt;
  const series = seen.felt ?? 'it was not asked about';
  if (typeof series === 'string') return { was: false, detail: `nobody knows whether the fault was felt: ${series}` };
  const during = times.filter((at) => at >= seen.injectedAt).map((at): Reading => statusOf(series, at, is));
  const moments = during.filter(({ status }) => status === 'held');
  const what = `${query} ${is.text}`;
  return moments.length === 0
    ? { was: false, detail: `the fault was not felt: never ${what}` }
    : { was: true, detail: `the fault was felt: ${moments.length} of ${during.length} samples have ${what}` };
}
