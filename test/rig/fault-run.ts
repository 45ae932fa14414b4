import { setTimeout as pause } from 'node:timers/promises';
import type { ClosedLoop } from './closed-loop.js';
import type { ExecutionView } from './executions.js';
import { now } from './load.js';
import { outageAround, type Outage } from './outage.js';
import { rawSamples } from './prometheus-query.js';
import { waitFor } from './wait-for.js';

/** What happens to the serving centre. */
export type Fault = 'kill' | 'hang';

/** One fault and what came of it; moments in milliseconds since the epoch. */
export interface FaultRun {
  readonly faultAt: number;
  readonly outage: Outage;
  /** When Prometheus took the first sample that shows the fault. */
  readonly scrapedAt: number | undefined;
  /** When the rule was first evaluated to firing. */
  readonly firingAt: number | undefined;
  /** The executions opened since the fault; there should be one. */
  readonly executions: readonly ExecutionView[];
}

/**
 * Lets some time pass so that the faults of a series meet the clocks of Prometheus (1 s) and of an Alertmanager group
 * (2 s) in every phase; without it each fault would come at the same moment after the repair of the one before.
 */
export async function anotherPhase(number: number): Promise<void> {
  const goldenRatio = 0.618_034;
  await pause(((number * goldenRatio) % 1) * 2_000);
}

/** Takes the serving centre down, waits for the service to be back and for Firebreak to be done, and reads the clocks. */
export async function runFault(loop: ClosedLoop, fault: Fault): Promise<FaultRun> {
  loop.load.forgetBefore(now() - 2_000);
  const faultAt = now();
  const gone = fault === 'kill' ? loop.a.kill() : Promise.resolve(loop.a.hang());
  await gone;
  const outage = (): Outage => outageAround(loop.load.requests(), faultAt);
  await waitFor('the service to be back', () => outage().backAt !== undefined, 30_000).catch(() => undefined);
  await waitFor('Firebreak to be done', async () => isDone(await executionsSince(loop, faultAt)), 60_000, 50).catch(
    () => undefined,
  );
  return {
    faultAt,
    outage: outage(),
    scrapedAt: await firstSince(loop, faultAt, 'up{job="centers",center="a"}[2m]', 0),
    firingAt: await firstSince(loop, faultAt, 'ALERTS{alertname="CenterDown",alertstate="firing",center="a"}[2m]', 1),
    executions: await executionsSince(loop, faultAt),
  };
}

async function executionsSince(loop: ClosedLoop, moment: number): Promise<readonly ExecutionView[]> {
  const all = await loop.firebreak.executions();
  // A moment of Firebreak has whole milliseconds.
  return all.filter((execution) => (execution.timeline.openedAt ?? 0) >= Math.floor(moment));
}

function isDone(executions: readonly ExecutionView[]): boolean {
  const settled = ['closed', 'holding', 'held', 'awaiting-approval'];
  return executions.length > 0 && executions.every((execution) => settled.includes(execution.phase));
}

async function firstSince(
  loop: ClosedLoop,
  moment: number,
  selector: string,
  value: number,
): Promise<number | undefined> {
  const samples = await rawSamples(loop.prometheus.url, selector);
  return samples.find((sample) => sample.at >= moment && sample.value === value)?.at;
}
