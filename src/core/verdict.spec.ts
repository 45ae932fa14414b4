import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from './runbook.js';
import { judge, judgeAtDeadline, type Verdict } from './verdict.js';

const limits = { everyMs: 1_000, healthy: 3, unhealthy: 2, unknown: 4, withinMs: 60_000 };
const MEANING: Readonly<Record<string, Sample['status']>> = { h: 'healthy', u: 'unhealthy', '?': 'unknown' };

/** Samples written as one letter each: h healthy, u unhealthy, ? unknown. */
function samples(text: string): Sample[] {
  return text.split('').map((letter, i) => ({ at: i, status: MEANING[letter] ?? 'unknown', detail: letter }));
}

describe('the verdict', () => {
  it.each<[text: string, soFar: Verdict, atDeadline: Verdict]>([
    ['', 'pending', 'unknown'],
    ['h', 'pending', 'unhealthy'],
    ['hh', 'pending', 'unhealthy'],
    ['hhh', 'healthy', 'healthy'],
    ['u', 'pending', 'unhealthy'],
    ['uu', 'unhealthy', 'unhealthy'],
    ['???', 'pending', 'unknown'],
    ['????', 'unknown', 'unknown'],
    ['hhuhh', 'pending', 'unhealthy'],
    ['uhuhu', 'pending', 'unhealthy'],
    ['hh?hh', 'pending', 'unhealthy'],
    ['hh?', 'pending', 'unknown'],
    ['u?u', 'pending', 'unhealthy'],
    ['uhhh', 'healthy', 'healthy'],
    ['???hhh', 'healthy', 'healthy'],
  ])('of "%s" is %s, and %s when the time is over', (text, soFar, atDeadline) => {
    expect(judge(samples(text), limits)).toBe(soFar);
    expect(judgeAtDeadline(samples(text), limits)).toBe(atDeadline);
  });

  const runs = fc.array(fc.constantFrom('h', 'u', '?'), { maxLength: 30 }).map((letters) => letters.join(''));

  it('never calls healthy what did not end with enough healthy samples in a row, not even when the time is over', () => {
    fc.assert(
      fc.property(runs, (text) => {
        const well = text.endsWith('hhh');
        expect(judge(samples(text), limits) === 'healthy').toBe(well);
        expect(judgeAtDeadline(samples(text), limits) === 'healthy').toBe(well);
      }),
    );
  });

  it('does not depend on what was measured before the last change of kind', () => {
    fc.assert(
      fc.property(runs, runs, (before, after) => {
        const kept = /(.)\1*$/.exec(after)?.[0] ?? '';
        if (kept !== '' && kept !== after)
          expect(judge(samples(before + after), limits)).toBe(judge(samples(kept), limits));
      }),
    );
  });
});
