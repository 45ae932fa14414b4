import type { Instant } from '../../core/alert.js';
import { sayDuration } from '../../core/duration.js';
import type { Execution, StepRecord } from '../../core/execution.js';
import { visible } from '../visible.js';
import { chartModel, type ChartModel } from './chart-model.js';

const MOST_STEPS = 100;

/** What became of one step, for the page. */
export interface StepModel {
  readonly number: number;
  readonly name: string;
  readonly uses: string;
  readonly state: StepRecord['state'];
  readonly attempts: number;
  readonly startedAt: Instant | null;
  readonly took: string;
  readonly error: string;
}

/** Lists the steps with what became of each. */
export function stepsModel({ steps }: Execution): { readonly rows: readonly StepModel[]; readonly more: number } {
  const rows = steps.slice(0, MOST_STEPS).map(({ name, uses, state, attempts, startedAt, finishedAt, error }, i) => ({
    number: i + 1,
    name,
    uses,
    state,
    attempts,
    startedAt: startedAt ?? null,
    took: startedAt === undefined || finishedAt === undefined ? '' : sayDuration(finishedAt - startedAt),
    error: visible(error ?? ''),
  }));
  return { rows, more: Math.max(0, steps.length - MOST_STEPS) };
}

/** Draws each verification that there was or is: those of steps, then that of the result. */
export function chartsModel(execution: Execution): ChartModel[] {
  const { steps, orders, samples, verdict, baseline = [], state } = execution;
  const ofSteps = steps.slice(0, MOST_STEPS).flatMap(({ name, verification }, i) => {
    if (verification === undefined) return [];
    const before = baseline.filter(({ step }) => step === name);
    const order = orders.steps[i]?.verify;
    const said = verification.verdict ?? 'pending';
    return [chartModel({ title: `Step ${name}`, order, ...verification, verdict: said, baseline: before })];
  });
  const isGoingOn = state.phase === 'verifying' && state.step === undefined;
  if (samples.length === 0 && !isGoingOn) return ofSteps;
  const before = baseline.filter(({ step }) => step === undefined);
  const said = verdict ?? 'pending';
  return [
    ...ofSteps,
    chartModel({ title: 'The result', order: orders.verify, samples, verdict: said, baseline: before }),
  ];
}
