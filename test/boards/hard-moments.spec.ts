import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { panelsOf, shippedBoards, type Target } from './board.js';
import { written } from './calls.js';
import type { Scope } from './interpolate.js';
import { installed } from '../rig/installed.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { writeInto } from '../rig/project.js';
import { rulesFolder } from '../rig/rule-files.js';
import { runChecker } from '../rig/run-checker.js';

/*
 * Moments that the known history of boards.spec.ts has not: promtool plays them, as the rules' own tests are played.
 */

const boards = shippedBoards();
const folder = rigFolder('hard-moments');
afterAll(() => removeFolder(folder));

/** A series as promtool's tests write them: `1x20 stale` is 1 for 21 scrapes, and then the target is gone. */
type Played = Readonly<Record<string, string>>;

interface Moment {
  /** Between two scrapes. */
  readonly interval: string;
  readonly series: Played;
  readonly rules?: readonly string[];
  /** When everything is asked, in seconds since the beginning; the board looks back to that. */
  readonly at: number;
  /** By query: the one value that comes out, or nothing. */
  readonly queries: readonly (readonly [expr: string, value?: number | undefined])[];
}

async function play({ interval, series, rules = [], at, queries }: Moment): Promise<void> {
  const test = {
    rule_files: rules.map((name) => join(rulesFolder, 'rules', `${name}.yml`)),
    // promtool knows no sample that is later than the last evaluation; rules over a day need not be evaluated every minute
    evaluation_interval: rules.length > 0 ? '30m' : interval,
    tests: [
      {
        interval,
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: queries.map(([expr, value]) => ({
          expr,
          eval_time: `${at}s`,
          exp_samples: value === undefined ? [] : [{ labels: '{}', value }],
        })),
      },
    ],
  };
  const file = writeInto(
    folder,
    `${expect.getState().currentTestName?.replaceAll(/\W+/g, '-')}.yml`,
    JSON.stringify(test),
  );
  const { code, said } = await runChecker(installed('promtool'), 'test', 'rules', file);
  expect(code, said).toBe(0);
}

/** What the panel asks, for all services and runbooks, as it goes to Prometheus. */
function asked(uid: string, title: string, refId = 'A', to = 3_600): string {
  const target = panelsOf(boards.get(uid)!)
    .find((panel) => panel.title === title)
    ?.targets.find((one) => one.refId === refId);
  if (target === undefined) throw new Error(`${uid} has no query ${refId} in ${title}`);
  return queryOf(target, to);
}

function queryOf({ expr }: Target, to: number): string {
  const choices = [
    { name: 'job', value: 'firebreak', isMulti: false },
    { name: 'service', value: ['.*'], all: '.*', isMulti: true },
    { name: 'runbook', value: 'careful', isMulti: false },
  ];
  const scope: Scope = { choices, from: 0, to: to * 1_000, uid: '', login: '' };
  return written(expr, scope);
}

/** The same of both replicas. */
const ofBoth = (name: string, labels: string, values: string): Played =>
  Object.fromEntries(['a', 'b'].map((one) => [`${name}{job="firebreak",instance="${one}"${labels}}`, values]));

const FIGURES = panelsOf(boards.get('firebreak-overview')!).filter(({ type }) => type === 'stat');

/** What every process says by itself, whatever the store does. */
const alive = (values: string): Played => ({
  ...ofBoth('up', '', values),
  ...ofBoth('process_start_time_seconds', '', values.replace('1', '0')),
  ...ofBoth('firebreak_build_info', ',version="1.0.0"', values),
});

/** What only the store can tell. */
const stored = (values: string): Played => ({
  ...ofBoth('firebreak_executions_open', ',phase="held"', values),
  ...ofBoth('firebreak_executions_open', ',phase="awaiting-approval"', values),
  ...ofBoth('firebreak_executions_open', ',phase="holding"', values),
  ...ofBoth('firebreak_executions_open', ',phase="applying"', values),
  ...ofBoth('firebreak_storms_active', '', values),
  ...ofBoth('firebreak_oldest_due_seconds', '', values),
  ...ofBoth('firebreak_canary_seconds', '', values),
});

describe('the figures at the top of the Overview', () => {
  const every = (value?: number) =>
    FIGURES.map(({ title, targets: [target] }) => [queryOf(target!, 3_600), title === 'Pauses' ? 0 : value] as const);

  it('are those of one store, not of each replica', () =>
    play({ interval: '15s', series: { ...alive('1x40'), ...stored('1x40') }, at: 600, queries: every(1) }));

  it('are unknown as soon as no Firebreak answers, not as they were last', async () => {
    // over time Grafana would show the last one that there was
    expect(FIGURES.filter(({ targets: [target] }) => target?.instant !== true).map(({ title }) => title)).toEqual([]);
    await play({
      interval: '15s',
      series: { ...alive('1x20 stale'), ...stored('1x20 stale') },
      at: 600,
      queries: every().map(([query]) => [query]),
    });
  });

  it('are unknown, not none, while Firebreak answers and its store is away', () =>
    play({
      interval: '15s',
      series: { ...alive('1x40'), ...stored('1x20 stale') },
      at: 600,
      queries: every().map(([query]) => [query]),
    }));
});

describe('what is counted', () => {
  const ended = ',runbook="careful",outcome="succeeded"';
  const graph = `sum(${asked('firebreak-overview', 'How executions end')})`;
  const figure = `sum(${asked('firebreak-runbooks', 'Scorecards', 'tried')})`;

  it('is seen also the first time, in the graph and over the whole range', () =>
    play({
      interval: '5s',
      series: {
        ...alive('1x200'),
        ...ofBoth('firebreak_executions_total', ended, '_x100 1x100'),
        ...ofBoth('firebreak_alerts_received_total', ',source="alertmanager",status="firing"', '_x100 1x100'),
        ...ofBoth('firebreak_decisions_total', ',decision="suppressed",because="paused"', '_x100 1x100'),
      },
      at: 505,
      queries: [
        [graph, 2],
        [figure, 2],
        [`sum(${asked('firebreak-overview', 'Alerts that come in')})`, 2],
        [`sum(${asked('firebreak-overview', 'What is decided about them')})`, 2],
      ],
    }));

  it('is not seen again when Prometheus, or the way to Firebreak, was away for a while', () =>
    play({
      interval: '5s',
      series: {
        ...ofBoth('up', '', '1x900 0x100 1x200'),
        ...ofBoth('process_start_time_seconds', '', '0x900 stale _x99 0x200'),
        ...ofBoth('firebreak_executions_total', ended, '37x900 stale _x99 37x200'),
      },
      // the board looks an hour back, to when all of them were there
      at: 5_010,
      queries: [[`${graph} > 0`], [`${figure} > 0`]],
    }));

  it('is seen also when the process that counted it has been replaced', () =>
    play({
      interval: '5s',
      series: {
        'up{job="firebreak",instance="old"}': '1x100 stale',
        'process_start_time_seconds{job="firebreak",instance="old"}': '0x100 stale',
        [`firebreak_executions_total{job="firebreak",instance="old"${ended}}`]: '_x50 2x50 stale',
        'up{job="firebreak",instance="new"}': '_x100 1x300',
        'process_start_time_seconds{job="firebreak",instance="new"}': '_x100 500x300',
        [`firebreak_executions_total{job="firebreak",instance="new"${ended}}`]: '_x200 1x200',
      },
      at: 1_500,
      queries: [[figure, 3]],
    }));
});

describe('after a day without alerts', () => {
  const DAY = 25.5 * 3_600;
  const buckets = (name: string, labels: string): Played =>
    Object.assign(
      {},
      ...['0.1', '1', '10', '50', '+Inf'].map((le) => ofBoth(`${name}_bucket`, `${labels},le="${le}"`, '3x1600')),
      ofBoth(`${name}_count`, labels, '3x1600'),
    ) as Played;
  const series: Played = {
    ...alive('1x1600'),
    ...stored('0x1600'),
    ...ofBoth('firebreak_runbook_info', ',runbook="careful",mode="auto",owner="us"', '1x1600'),
    ...ofBoth('firebreak_recovery_objective_seconds', ',runbook="careful"', '12x1600'),
    ...ofBoth('firebreak_executions_total', ',runbook="careful",outcome="succeeded"', '3x1600'),
    ...ofBoth('firebreak_center_info', ',center="a",role="serving"', '1x1600'),
    ...buckets('firebreak_recovery_seconds', ',runbook="careful",stage="verified"'),
    ...buckets('firebreak_approval_wait_seconds', ',runbook="careful"'),
    ...buckets('fallback_duration_ms', ',service="shop"'),
    ...buckets('feature_duration_seconds', ',service="shop",feature="search"'),
    ...buckets('http_request_duration_seconds', ',service="shop",center="a"'),
  };
  const quiet = { interval: '1m', series, rules: ['records', 'runbooks', 'thresholds'], at: DAY };

  it('no figure and no cell of any board says NaN', () =>
    play({
      ...quiet,
      queries: [...boards.values()].flatMap((board) =>
        panelsOf(board)
          .flatMap(({ targets }) => targets)
          .filter(({ instant, datasource }) => instant && datasource?.uid === '${datasource}')
          .map((target) => queryOf(target, DAY))
          // only what is no number differs from itself
          .map((query) => [`(${query}) != (${query})`] as const),
      ),
    }));

  it('no runbook is called within its goal, and no fallback slow', () =>
    play({
      ...quiet,
      queries: [
        [asked('firebreak-recovery', 'Time to recover against the goal', 'verdict', DAY)],
        [asked('firebreak-recovery', 'Runbooks slower than their goal', 'A', DAY)],
        [asked('firebreak-config-health', 'Services with slow fallbacks', 'A', DAY), 0],
        [asked('firebreak-config-health', 'Fallbacks done within', 'A', DAY)],
      ],
    }));
});
