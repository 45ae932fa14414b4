import { describe, expect, it } from 'vitest';
import { judge, type Seen } from './judge.js';
import type { SeenExecution, Series } from './ports.js';
import { readDrill } from './read-drill.js';

const FAULT_AT = 1_000_000;
const END = FAULT_AT + 20_000;

function drillOf(expected: string, samples = 5) {
  const read = readDrill(
    'd.yaml',
    `apiVersion: firebreak/v1
kind: Drill
metadata: { name: slow, title: Slow, owner: team-a }
spec:
  target: traffic/shop
  prometheus: { url: 'http://prometheus:9090' }
  inject: { kill: true, for: 15s, http: { url: 'http://center-a:8081/' } }
  expect: { ${expected} }
  slo: [{ name: errors, query: errors, is: '< 0.005', samples: ${samples} }]
`,
  );
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.drill;
}

/** A value for each second from ten before the fault to 20 after it; undefined where there is no sample. */
function series(value: (second: number) => number | undefined, labels = {}): Series {
  const seconds = Array.from({ length: 31 }, (_, i) => i - 10);
  const points = seconds.flatMap((second) => {
    const found = value(second);
    return found === undefined ? [] : [{ at: FAULT_AT + second * 1000, value: found }];
  });
  return { labels, points };
}

const answer: SeenExecution = {
  id: 'x1',
  runbook: 'cut-over-center',
  phase: 'closed',
  outcome: 'succeeded',
  openedAt: FAULT_AT + 4_000,
  timeline: { firstEffectAt: FAULT_AT + 4_500 },
};

const CUT_OVER = 'runbook: cut-over-center, recovery: 12s';
const NOBODY = "runbook: none, felt: { query: slow, is: '> 0.4' }";
/** Broken for so many seconds after the fault. */
const brokenFor = (seconds: number) => series((second) => (second >= 0 && second < seconds ? 1 : 0));

const seen = (change: Partial<Seen> = {}): Seen => ({
  fault: 'killed for 15s',
  from: FAULT_AT - 10_000,
  injectedAt: FAULT_AT,
  takenBackAt: FAULT_AT + 15_000,
  to: END,
  series: new Map([['errors', [brokenFor(6)]]]),
  executions: [answer],
  trouble: [],
  ...change,
});
const samples = (...all: Series[]): Partial<Seen> => ({ series: new Map([['errors', all]]) });

describe('the verdict on a drill', () => {
  it('A6: passed when the runbook answered, the service came back in time, and everything held from then on', () => {
    const report = judge(drillOf(CUT_OVER), seen());
    expect(report).toMatchObject({
      verdict: 'passed',
      reasons: [],
      recoveryMs: 6_000,
      marks: { injectedAt: FAULT_AT, firstEffectAt: FAULT_AT + 4_500, recoveredAt: FAULT_AT + 6_000 },
      slos: [{ verdict: 'held', from: FAULT_AT + 12_000 }],
    });
  });

  it('A6: without an objective it must hold from the fault on', () => {
    const report = judge(drillOf('runbook: cut-over-center'), seen());
    expect([report.verdict, report.slos[0]?.verdict]).toEqual(['breached', 'breached']);
    expect(judge(drillOf('runbook: cut-over-center'), seen(samples(brokenFor(0))))).toMatchObject({
      verdict: 'passed',
      recoveryMs: 0,
    });
  });

  it.each<[string, Partial<Seen>, RegExp]>([
    [
      'one bad sample after the recovery',
      samples(series((s) => (s === 18 ? 0.5 : 0))),
      /errors: 1 of 9 samples.*0\.5, not < 0\.005/,
    ],
    [
      'one of several series that is bad',
      samples(
        series(() => 0),
        series((s) => (s === 13 ? 1 : 0)),
      ),
      /errors: 1 of 9/,
    ],
    ['a recovery that takes too long', samples(brokenFor(14)), /recovery took 14s; 12s was wanted/],
    ['a service that never comes back', samples(brokenFor(99)), /did not come back/],
    ['no data at all', samples(), /errors: 9 of 9 samples say nothing \(no data\)/],
    ['a gap', samples(series((s) => (s === 15 ? undefined : 0))), /errors: 1 of 9 samples say nothing/],
    ['what is no number', samples(series((s) => (s === 15 ? NaN : 0))), /not a number/],
    [
      'a query that fails',
      { series: new Map([['errors', 'Prometheus answers 503']]) },
      /errors: Prometheus answers 503/,
    ],
    ['an SLO that was not asked about', { series: new Map() }, /errors: it was not asked about/],
    ['nobody who answers', { executions: [] }, /cut-over-center did not answer/],
    ['executions that nobody knows of', { executions: 'the service cannot be asked' }, /the service cannot be asked/],
    [
      'another outcome',
      { executions: [{ ...answer, outcome: 'reverted', detail: 'no better' }] },
      /x1 .* is reverted \(no better\), not succeeded/,
    ],
    [
      'one that is not done',
      {
        executions: [{ ...answer, outcome: undefined, phase: 'awaiting-approval' }].map(
          ({ outcome: _, ...one }) => one,
        ),
      },
      /x1 .* is awaiting-approval, not succeeded/,
    ],
    [
      'another runbook that acts as well',
      { executions: [answer, { ...answer, id: 'x2', runbook: 'throttle' }] },
      /throttle acted on traffic\/shop \(x2\)/,
    ],
    [
      'an execution that somebody started',
      { executions: [{ ...answer, trigger: 'manual' }] },
      /x1 of cut-over-center was started by somebody, not by an alert/,
    ],
    [
      'an execution for an alert from before the fault',
      { executions: [{ ...answer, trigger: 'alert', timeline: { startsAt: FAULT_AT - 5_000 } }] },
      /x1 of cut-over-center answers an alert from before the fault/,
    ],
    ['a fault that stays', { trouble: ['the fault could not be taken back'] }, /could not be taken back/],
  ])('A6: not passed with %s', (_, change, why) => {
    const report = judge(drillOf(CUT_OVER), seen(change));
    expect(report.verdict).toBe('breached');
    expect(report.reasons.filter((reason) => why.test(reason))).toHaveLength(1);
  });

  it('A6: not passed when there are fewer samples than are asked for, even though all are good', () => {
    expect(judge(drillOf(CUT_OVER, 9), seen()).verdict).toBe('passed');
    const few = judge(drillOf(CUT_OVER, 9), seen({ to: END - 1_000 }));
    expect([few.verdict, few.slos[0]?.verdict, few.slos[0]?.detail]).toEqual([
      'breached',
      'unknown',
      'only 8 samples, at least 9 were wanted',
    ]);
  });

  it('A6: aborted is not passed, whatever was measured', () => {
    const report = judge(drillOf(CUT_OVER), seen({ aborted: 'nobody was left' }));
    expect([report.verdict, report.reasons]).toEqual(['aborted', ['aborted: nobody was left']]);
  });

  describe('where nobody is to act', () => {
    const felt = [series((second) => (second > 2 && second < 15 ? 0.5 : 0.01))];
    const quiet = { executions: [], ...samples(brokenFor(0)) };

    it('A6: passed when nobody did, everything held, and the fault was felt', () => {
      const report = judge(drillOf(NOBODY), seen({ ...quiet, felt }));
      expect([report.verdict, report.reasons]).toEqual(['passed', []]);
      expect(report.felt).toBe('the fault was felt: 12 of 21 samples have slow > 0.4');
    });

    it.each<[string, Partial<Seen>, RegExp]>([
      ['a fault that nobody felt', { felt: [series(() => 0.01)] }, /was not felt: never slow > 0\.4/],
      ['a fault of which nobody knows', { felt: 'Prometheus answers 503' }, /nobody knows whether the fault was felt/],
      [
        'somebody who acts',
        { felt, executions: [answer] },
        /cut-over-center acted on traffic\/shop \(x1\), which was not expected/,
      ],
    ])('A6: not passed with %s', (_, change, why) => {
      const report = judge(drillOf(NOBODY), seen({ ...quiet, ...change }));
      expect(report.verdict).toBe('breached');
      expect(report.reasons.join('\n')).toMatch(why);
    });
  });
});
