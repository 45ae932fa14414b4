import { columns, milliseconds, percentile } from '../figures.js';
import type { DrillRun } from './run.js';
import type { Scenario } from './scenarios/scenario.js';

/** Within this time, in milliseconds, the new side must have acknowledged a user's write. */
export const LIMIT_MS = 12_000;

/** The heading over the rows of `runRow`. */
export const RUN_HEADING = [
  'run',
  'from',
  'acknowledged',
  'missing',
  'both sides',
  'both open',
  'refused inside',
  'failed',
  'first write',
  'longest silence',
] as const;

/** One run as cells. */
export function runRow({ from, to, judgement }: DrillRun, number: number): readonly string[] {
  return [
    String(number),
    `${from}->${to}`,
    milliseconds(judgement.acknowledged),
    String(judgement.missing.length),
    String(judgement.bothSides.length),
    `${milliseconds(judgement.bothOpenMs)} ms`,
    String(judgement.refusedInside),
    String(judgement.failed),
    `${milliseconds(judgement.backMs)} ms`,
    `${milliseconds(judgement.silenceMs)} ms`,
  ];
}

/** The stages of one run in one line, in milliseconds after the fault. */
export function stagesLine(run: DrillRun): string {
  return run.stages.map(({ name, ms }) => `${name} ${milliseconds(ms)}`).join(' · ');
}

/** Says everything that was wrong with a run; nothing when it was good. */
export function complaints(run: DrillRun, scenario: Pick<Scenario, 'reachable'>): readonly string[] {
  const { judgement, executions } = run;
  const [execution] = executions;
  const some = (ids: readonly string[]): string => `${ids.length} (${ids.slice(0, 3).join(', ')}, ...)`;
  return [
    judgement.missing.length > 0 && `acknowledged rows are missing: ${some(judgement.missing)}`,
    judgement.bothSides.length > 0 && `both sides acknowledged writes: ${some(judgement.bothSides)}`,
    scenario.reachable &&
      judgement.bothOpenMs > 0 &&
      `both databases were open to writes for ${milliseconds(judgement.bothOpenMs)} ms`,
    judgement.backMs === undefined && 'users were not served again',
    (judgement.backMs ?? 0) >= LIMIT_MS && `users waited ${milliseconds(judgement.backMs)} ms`,
    executions.length !== 1 && `${executions.length} executions were opened instead of one`,
    execution !== undefined && execution.outcome !== 'succeeded' && `the execution is ${said(execution)}`,
  ].filter((one) => one !== false);
}

function said({ phase, outcome, detail, held }: DrillRun['executions'][number]): string {
  return [phase, outcome, detail, held?.cause].filter((part) => part !== undefined).join(': ');
}

/** Sums up the runs of one scenario. */
export function summary(runs: readonly DrillRun[]): readonly string[] {
  const total = (of: (run: DrillRun) => number): string =>
    runs.reduce((sum, run) => sum + of(run), 0).toLocaleString('en-US');
  const never = (of: (run: DrillRun) => number): string => (runs.some((run) => of(run) > 0) ? 'YES' : 'never');
  return [
    `runs ${runs.length}`,
    `acknowledged writes ${total((run) => run.judgement.acknowledged)}`,
    `of them missing on the new side ${total((run) => run.judgement.missing.length)}`,
    `both sides acknowledged writes at the same time: ${never((run) => run.judgement.bothSides.length)}`,
    `writes tried inside the old side after the new one served, all refused ${total((run) => run.judgement.refusedInside)}`,
  ];
}

/** The stages over all runs of a scenario, in milliseconds after the fault, in the order of their medians. */
export function stageTable(runs: readonly DrillRun[]): readonly string[] {
  return columns([['ms after the fault'.padEnd(24), 'p50', 'p95', 'max'], ...stageRows(runs)], 6);
}

function stageRows(runs: readonly DrillRun[]): readonly (readonly string[])[] {
  const values = new Map<string, number[]>();
  for (const { stages } of runs) {
    for (const { name, ms } of stages) values.set(name, [...(values.get(name) ?? []), ms]);
  }
  return [...values]
    .toSorted(([, x], [, y]) => (percentile(x, 50) ?? 0) - (percentile(y, 50) ?? 0))
    .map(([name, of]) => [name.padEnd(24), ...[50, 95, 100].map((percent) => milliseconds(percentile(of, percent)))]);
}

/** One line of a Markdown table for each scenario, to be pasted. */
export function markdown(all: ReadonlyMap<Scenario, readonly DrillRun[]>): readonly string[] {
  const rows = [...all].map(([scenario, runs]) => {
    const back = runs.flatMap(({ judgement }) => (judgement.backMs === undefined ? [] : [judgement.backMs]));
    const sum = (of: (run: DrillRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
    return [
      scenario.title,
      String(runs.length),
      sum((run) => run.judgement.acknowledged).toLocaleString('en-US'),
      String(sum((run) => run.judgement.missing.length)),
      runs.some((run) => run.judgement.bothSides.length > 0) ? 'yes' : 'never',
      ...[50, 95, 100].map((percent) => milliseconds(percentile(back, percent))),
    ];
  });
  const head = ['scenario', 'runs', 'acknowledged writes', 'lost', 'two sides at once', 'p50 ms', 'p95 ms', 'max ms'];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
}
