import type { Sample, VerifyLimits } from './runbook.js';

/** What the samples say so far: a verdict, or that more are needed. */
export type Verdict = 'healthy' | 'unhealthy' | 'unknown' | 'pending';

/**
 * Judges a run of samples. Each kind has its own limit and its own count: only samples of one kind in a row count,
 * so that a missing answer neither helps nor harms the other two.
 *
 * @param samples oldest first
 * @param limits how many in a row make a verdict
 */
export function judge(samples: readonly Sample[], limits: VerifyLimits): Verdict {
  const last = samples.at(-1);
  if (last === undefined) return 'pending';
  const run = samples.length - 1 - samples.findLastIndex((sample) => sample.status !== last.status);
  return run >= limits[last.status] ? last.status : 'pending';
}

/**
 * Judges when the time for verification is over: silence and missing answers are `unknown`, anything else that has not
 * proved healthy is `unhealthy`.
 */
export function judgeAtDeadline(samples: readonly Sample[], limits: VerifyLimits): Exclude<Verdict, 'pending'> {
  const verdict = judge(samples, limits);
  if (verdict !== 'pending') return verdict;
  const last = samples.at(-1);
  return last === undefined || last.status === 'unknown' ? 'unknown' : 'unhealthy';
}
