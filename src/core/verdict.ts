import type { GuardSample, Sample, VerifyLimits } from './runbook.js';

/** What the samples say so far: a verdict, or that more are needed. */
export type Verdict = 'healthy' | 'unhealthy' | 'worse' | 'unknown' | 'pending';

/** What one sample counts as: its own status, or `worse` when a guard metric went bad. */
type Kind = Sample['status'] | 'worse';

/**
 * Judges a run of samples. Each kind has its own limit and its own count: only samples of one kind in a row count,
 * so that a missing answer neither helps nor harms the others.
 *
 * @param samples oldest first
 * @param limits how many in a row make a verdict
 * @param baseline the guard metrics before the change: what was bad already is no harm that the change did
 */
export function judge(samples: readonly Sample[], limits: VerifyLimits, baseline?: readonly GuardSample[]): Verdict {
  const last = samples.at(-1);
  if (last === undefined) return 'pending';
  const kind = kindOf(last, baseline);
  const run = samples.length - 1 - samples.findLastIndex((sample) => kindOf(sample, baseline) !== kind);
  return run >= limitOf(kind, limits) ? verdictOf(kind) : 'pending';
}

/**
 * Judges when the time for verification is over: silence and missing answers are `unknown`, anything else that has not
 * proved healthy is `unhealthy`.
 */
export function judgeAtDeadline(
  samples: readonly Sample[],
  limits: VerifyLimits,
  baseline?: readonly GuardSample[],
): Exclude<Verdict, 'pending'> {
  const verdict = judge(samples, limits, baseline);
  if (verdict !== 'pending') return verdict;
  const last = samples.at(-1);
  return last === undefined || verdictOf(kindOf(last, baseline)) === 'unknown' ? 'unknown' : 'unhealthy';
}

function kindOf(sample: Sample, baseline: readonly GuardSample[] = []): Kind {
  const guards = sample.guards ?? [];
  const wasBad = new Set(baseline.filter((guard) => guard.status === 'unhealthy').map((guard) => guard.name));
  if (guards.some((guard) => guard.status === 'unhealthy' && !wasBad.has(guard.name))) return 'worse';
  if (sample.status !== 'healthy') return sample.status;
  // nothing is proved while a metric that must not get worse says nothing
  return guards.find((guard) => guard.status === 'error' || guard.status === 'unknown')?.status ?? 'healthy';
}

function limitOf(
  kind: Kind,
  { healthy, unhealthy, unknown, error = unknown, worse = unhealthy }: VerifyLimits,
): number {
  return { healthy, unhealthy, unknown, error, worse }[kind];
}

function verdictOf(kind: Kind): Exclude<Verdict, 'pending'> {
  return kind === 'error' ? 'unknown' : kind;
}
