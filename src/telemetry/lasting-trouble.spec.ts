import { expect, it } from 'vitest';
import { LastingTrouble } from './lasting-trouble.js';

it('I15: a trouble that lasts is said when it begins, once a minute, and when it is over', () => {
  const lines: unknown[] = [];
  let now = 0;
  const write = (...line: unknown[]): void => void lines.push(line);
  const trouble = new LastingTrouble({ warn: write, info: write }, { begins: 'it fails', ends: 'it works' }, () => now);
  trouble.worked();
  for (; now < 120_000; now += 1_000) trouble.failed(new Error('Redis is gone'));
  trouble.worked();
  trouble.worked();
  expect(lines).toEqual([
    [{ error: 'Redis is gone' }, 'it fails'],
    [{ error: 'Redis is gone', leftOut: 59 }, 'it fails'],
    ['it works'],
  ]);
  // it comes and goes
  for (const end = now + 60_000; now < end; now += 1_000) {
    trouble.failed(new Error('no'));
    trouble.worked();
  }
  expect(lines.slice(3)).toEqual([[{ error: 'no', leftOut: 59 }, 'it fails'], ['it works']]);
});
