import type { Execution, StepRecord } from '../core/execution.js';
import type { GuardSample, Sample } from '../core/runbook.js';
import { iso, isoAll } from './instants.js';

/** How the result was judged: every answer, the metrics that must not get worse as they were before, and the verdict. */
export function verificationView({ samples, baseline, verdict }: Execution) {
  return {
    samples: samples.map(sampleView),
    ...(baseline === undefined ? {} : { baseline: baseline.filter(isOfResult).map(guardSampleView) }),
    ...(verdict === undefined ? {} : { verdict }),
  };
}

/** How one step was judged before the next one was begun; nothing when it was not. */
export function stepVerificationView({ name, verification }: StepRecord, baseline: Execution['baseline'] = []) {
  if (verification === undefined) return {};
  const { startedAt, finishedAt, samples, verdict } = verification;
  const before = baseline.filter((guard) => guard.step === name);
  return {
    verification: {
      ...isoAll({ startedAt, finishedAt }),
      samples: samples.map(sampleView),
      ...(before.length === 0 ? {} : { baseline: before.map(guardSampleView) }),
      ...(verdict === undefined ? {} : { verdict }),
    },
  };
}

function isOfResult({ step }: GuardSample): boolean {
  return step === undefined;
}

/** One answer of a probe, with its moment in JSON's form. */
export function sampleView({ guards, ...sample }: Sample) {
  return { ...sample, at: iso(sample.at), ...(guards === undefined ? {} : { guards: guards.map(guardSampleView) }) };
}

/** One answer about a metric that must not get worse. */
export function guardSampleView(sample: GuardSample) {
  return { ...sample, at: iso(sample.at) };
}
