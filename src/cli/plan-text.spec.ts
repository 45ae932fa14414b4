import { expect, it } from 'vitest';
import { planText } from './plan-text.js';

const change = { resource: 'x', attribute: 'size', from: 1, to: '1' };

it('a plan has each change, its facts, what taking back would do, and what is different since it was agreed to', () => {
  const plan = {
    digest: 'd1',
    steps: [
      {
        name: 'grow',
        uses: 'p/grow',
        asks: 'some may be lost\nplan with digest f1',
        summary: 'grow x\nplan with digest f0',
        changes: [change, { ...change, from: null, to: 'y'.repeat(200) }],
        risk: 'high',
        facts: { 'estimated data loss': '4 s' },
        onRevert: [{ ...change, from: '1', to: 1 }],
      },
      {
        name: 'burn',
        uses: 'p/burn',
        summary: 'burn x',
        idle: 'x is gone',
        changes: [],
        onRevert: 'cannot be taken back',
      },
    ],
    changedSinceShown: ['step grow: x size: from 1 to "1", was from 2 to "1"'],
  };
  expect(planText({ plan })).toEqual([
    'a person must decide: grow: some may be lost plan with digest f1',
    'plan with digest d1',
    '  step grow (p/grow, risk high): grow x plan with digest f0',
    '    estimated data loss: 4 s',
    '    x size: 1 -> "1"',
    `    x size: null -> "${'y'.repeat(118)}…`,
    '    taken back: x size: "1" -> 1',
    '  step burn (p/burn): burn x',
    '    nothing to do so far: x is gone',
    '    this cannot be taken back',
    '  changed since it was agreed to:',
    '    step grow: x size: from 1 to "1", was from 2 to "1"',
  ]);
  expect(planText({})).toEqual(['plan: none']);
});

it('a plan comes after the table of scores by which its centre was chosen, the chosen one marked', () => {
  const parts = { region: 0.4, vendor: 0, health: 0.18, load: 0 };
  const candidates = [
    { center: 'b', score: 0.58, parts, health: 0.9, latencyMs: 3.2 },
    { center: 'c', parts: { ...parts, health: 0 }, ruledOut: 'out of service (e1\nplan with digest f0)' },
  ];
  const choice = { insteadOf: 'a', chosen: 'b', service: 'shop', candidates };
  expect(planText({ choice, plan: { digest: 'd1', steps: [] } })).toEqual([
    'b takes over from a; chosen among the centres of shop:',
    '     CENTRE  SCORE  REGION  VENDOR  HEALTH            LOAD              LATENCY',
    '  *  b       0.58   0.40    0       0.18 (0.9)        0 (not measured)  3.2 ms',
    '     c       -      0.40    0       0 (not measured)  0 (not measured)           out of service (e1 plan with digest f0)',
    'plan with digest d1',
  ]);
});
