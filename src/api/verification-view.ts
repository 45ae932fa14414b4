import type { Execution } from '../core/execution.js';
import type { GuardSample, Sample } from '../core/runbook.js';
import { iso } from './instants.js';

/** How the result was judged: every answer, the metrics that must not get worse as they were before, and the verdict. */
export function verificationView({ samples, baseline, verdict }: Execution) {
  return {
    samples: samples.map(sampleView),
    ...(baseline === undefined ? {} : { baseline: baseline.map(guardSampleView) }),
    ...(verdict === undefined ? {} : { verdict }),
  };
}

/** One answer of a probe, with its moment in JSON's form. */
export function sampleView({ guards, ...sample }: Sample) {
  return { ...sample, at: iso(sample.at), ...(guards === undefined ? {} : { guards: guards.map(guardSampleView) }) };
}

/** One answer about a metric that must not get worse. */
export function guardSampleView(sample: GuardSample) {
  return { ...sample, at: iso(sample.at) };
}
