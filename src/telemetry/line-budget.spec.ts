import { describe, expect, it } from 'vitest';
import { LineBudget } from './line-budget.js';

function budgetAt(start = 0) {
  const clock = { now: start };
  const budget = new LineBudget(() => clock.now);
  budget.settle();
  return { budget, clock };
}

describe('the budget of the log', () => {
  it('lets a line through ten times in ten seconds and counts the rest', () => {
    const { budget, clock } = budgetAt();
    const written = Array.from({ length: 1_000 }, () => budget.admit('warn', 'Redis is away', '{}')).filter(Boolean);
    expect(written).toHaveLength(10);
    clock.now = 9_999;
    expect(budget.settle()).toEqual([]);
    clock.now = 10_000;
    expect(budget.settle()).toEqual([{ level: 'warn', message: 'Redis is away', count: 990 }]);
    expect(budget.admit('warn', 'Redis is away', '{}')).toBe(true);
  });

  it('lets the same message through for each thing that it is about, up to five hundred', () => {
    const { budget, clock } = budgetAt();
    const written = Array.from({ length: 10_000 }, (_, i) => budget.admit('error', 'held', `{"id":${i}}`));
    expect(written.filter(Boolean)).toHaveLength(500);
    clock.now = 10_000;
    expect(budget.settle()).toEqual([{ level: 'error', message: 'held', count: 9_500 }]);
  });

  it('I15: writes at most ten thousand lines in ten seconds, and errors beside them', () => {
    const { budget, clock } = budgetAt();
    const written = Array.from({ length: 100_000 }, (_, i) => budget.admit('info', `message ${i % 1_000}`, `${i}`));
    expect(written.filter(Boolean)).toHaveLength(10_000);
    expect(budget.admit('error', 'held', '{}')).toBe(true);
    clock.now = 10_000;
    expect(budget.settle().reduce((sum, { count }) => sum + count, 0)).toBe(90_000);
  });

  it('I15: remembers at most two thousand messages, whatever they are', () => {
    const { budget, clock } = budgetAt();
    const written = Array.from({ length: 9_000 }, (_, i) => budget.admit('info', `message ${i}`, '{}'));
    expect(written.filter(Boolean)).toHaveLength(2_500);
    clock.now = 10_000;
    expect(budget.settle()).toEqual([{ level: 'info', message: 'other messages', count: 6_500 }]);
  });
});
