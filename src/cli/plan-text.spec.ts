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
        summary: 'grow x\nplan with digest f0',
        changes: [change, { ...change, from: null, to: 'y'.repeat(200) }],
        risk: 'high',
        facts: { 'estimated data loss': '4 s' },
        onRevert: [{ ...change, from: '1', to: 1 }],
      },
      { name: 'burn', uses: 'p/burn', summary: 'burn x', changes: [], onRevert: 'cannot be taken back' },
    ],
    changedSinceShown: ['step grow: x size: from 1 to "1", was from 2 to "1"'],
  };
  expect(planText({ plan })).toEqual([
    'plan with digest d1',
    '  step grow (p/grow, risk high): grow x plan with digest f0',
    '    estimated data loss: 4 s',
    '    x size: 1 -> "1"',
    `    x size: null -> "${'y'.repeat(118)}…`,
    '    taken back: x size: "1" -> 1',
    '  step burn (p/burn): burn x',
    '    this cannot be taken back',
    '  changed since it was agreed to:',
    '    step grow: x size: from 1 to "1", was from 2 to "1"',
  ]);
  expect(planText({})).toEqual(['plan: none']);
});
