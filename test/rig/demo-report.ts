import type { FaultRun } from './fault-run.js';
import { columns, milliseconds, percentile } from './figures.js';

/** The heading over the rows of `demoRow`. */
export const DEMO_HEADING = [
  'run',
  'scraped',
  'firing',
  'webhook',
  'opened',
  'effect',
  'applied',
  'service',
  'verified',
  'closed',
  'failed',
  'executions',
] as const;

/** One run as cells: milliseconds from the fault, then failed requests and executions. */
export function demoRow(run: FaultRun, number: number): readonly string[] {
  const [execution] = run.executions;
  const since = (moment: number | undefined): string =>
    milliseconds(moment === undefined ? undefined : moment - run.faultAt);
  const timeline = execution?.timeline;
  return [
    String(number),
    since(run.scrapedAt),
    since(run.firingAt),
    since(timeline?.receivedAt),
    since(timeline?.openedAt),
    since(timeline?.firstEffectAt),
    since(timeline?.appliedAt),
    since(run.outage.backAt),
    since(timeline?.verifiedAt),
    execution?.closedAt === undefined ? (execution?.phase ?? '-') : since(execution.closedAt),
    String(run.outage.failed),
    String(run.executions.length),
  ];
}

/** Says why a run was not good, or nothing. */
export function complaint(run: FaultRun): string | undefined {
  if (run.outage.backAt === undefined) return 'the service did not come back';
  if (run.executions.length === 0) return 'the service is back, but Firebreak opened no execution';
  if (run.executions.length > 1) return `${run.executions.length} executions were opened for one fault`;
  const [execution] = run.executions;
  if (execution?.outcome !== undefined && execution.outcome !== null && execution.outcome !== 'succeeded') {
    return `the execution ended as "${execution.outcome}": ${execution.detail ?? ''}`;
  }
  return undefined;
}

/** Sums up the runs of one path. */
export function demoSummary(runs: readonly FaultRun[]): readonly string[] {
  const toService = runs.flatMap((run) => (run.outage.backAt === undefined ? [] : [run.outage.backAt - run.faultAt]));
  const ownShare = runs.flatMap(({ executions: [execution] }) => {
    const { receivedAt, firstEffectAt } = execution?.timeline ?? {};
    return receivedAt === undefined || firstEffectAt === undefined ? [] : [firstEffectAt - receivedAt];
  });
  const row = (what: string, values: readonly number[]): readonly string[] => [
    what.padEnd(42),
    milliseconds(percentile(values, 50)),
    milliseconds(percentile(values, 95)),
    milliseconds(percentile(values, 100)),
  ];
  return columns(
    [
      ['milliseconds'.padEnd(42), 'p50', 'p95', 'max'],
      row('from the fault to service', toService),
      row('of it Firebreak (webhook to first effect)', ownShare),
    ],
    6,
  );
}
