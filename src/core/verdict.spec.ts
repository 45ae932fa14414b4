import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GuardSample, Sample } from './runbook.js';
import { judge, judgeAtDeadline, type Verdict } from './verdict.js';

const limits = { everyMs: 1_000, healthy: 3, unhealthy: 2, unknown: 4, withinMs: 60_000 };
const MEANING: Readonly<Record<string, Sample['status']>> = {
  h: 'healthy',
  u: 'unhealthy',
  '?': 'unknown',
  e: 'error',
};

/** Samples written as one letter each: h healthy, u unhealthy, ? unknown, e error. */
function samples(text: string): Sample[] {
  return text.split('').map((letter, i) => ({ at: i, status: MEANING[letter] ?? 'unknown', detail: letter }));
}

/** What guard metrics say at one time, one letter for each. */
function guards(text: string): GuardSample[] {
  return samples(text).map((sample, i) => ({ ...sample, name: `guard-${i}` }));
}

/** Samples and beside them what the guard metrics said: one word for each time, its first letter for the target metric. */
function guarded(text: string): Sample[] {
  return text
    .split(' ')
    .flatMap((word) => samples(word.slice(0, 1)).map((one) => ({ ...one, guards: guards(word.slice(1)) })));
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
    ['eee', 'pending', 'unknown'],
    ['eeee', 'unknown', 'unknown'],
    ['hhuhh', 'pending', 'unhealthy'],
    ['uhuhu', 'pending', 'unhealthy'],
    ['hh?hh', 'pending', 'unhealthy'],
    ['hh?', 'pending', 'unknown'],
    ['hhe', 'pending', 'unknown'],
    ['u?u', 'pending', 'unhealthy'],
    ['e?e?e?', 'pending', 'unknown'],
    ['uhhh', 'healthy', 'healthy'],
    ['???hhh', 'healthy', 'healthy'],
    ['eeehhh', 'healthy', 'healthy'],
  ])('of "%s" is %s, and %s when the time is over', (text, soFar, atDeadline) => {
    expect(judge(samples(text), limits)).toBe(soFar);
    expect(judgeAtDeadline(samples(text), limits)).toBe(atDeadline);
  });

  it.each<[text: string, error: number, worse: number, soFar: Verdict]>([
    ['ee', 2, 9, 'unknown'],
    ['e', 2, 9, 'pending'],
    ['????', 9, 9, 'unknown'],
    ['eeee', 9, 9, 'pending'],
    ['hu', 9, 1, 'pending'],
  ])('of "%s" with a limit of %d for errors and %d for harm is %s', (text, error, worse, soFar) => {
    expect(judge(samples(text), { ...limits, error, worse })).toBe(soFar);
  });

  const runs = fc.array(fc.constantFrom('h', 'u', '?', 'e'), { maxLength: 30 }).map((letters) => letters.join(''));

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

describe('harm: a guard metric that was not bad before', () => {
  it.each<[text: string, before: string, soFar: Verdict, atDeadline: Verdict, why: string]>([
    ['hu hu', 'h', 'worse', 'worse', 'is worse, however well the target metric is'],
    ['uu uu', 'h', 'worse', 'worse', 'is worse, not merely no better'],
    ['hu', 'h', 'pending', 'unhealthy', 'is not judged by one sample where the limit is two'],
    ['hu hh hu', 'h', 'pending', 'unhealthy', 'counts in a row only'],
    ['hu uh', 'h', 'pending', 'unhealthy', 'does not count together with no better'],
    ['hu hu', '', 'worse', 'worse', 'counts when nobody knows how it was'],
    ['hu hu', '?', 'worse', 'worse', 'counts when it said nothing before'],
    ['hu hu', 'e', 'worse', 'worse', 'counts when it could not be asked before'],
    ['hu hu hu', 'u', 'healthy', 'healthy', 'is none when it was bad already'],
    ['hhu hhu', 'hh', 'worse', 'worse', 'is enough when it is one of several'],
    ['hhu hhu hhu', 'hu', 'healthy', 'healthy', 'is none when just that one was bad already'],
    ['huh huh', 'hu', 'worse', 'worse', 'is some when it was another one that was bad'],
    ['hh hh hh', 'u', 'healthy', 'healthy', 'is none when a bad one got well'],
  ])('of "%s" after "%s": %s, %s at the end: it %s', (text, before, soFar, atDeadline) => {
    expect(judge(guarded(text), limits, guards(before))).toBe(soFar);
    expect(judgeAtDeadline(guarded(text), limits, guards(before))).toBe(atDeadline);
  });

  it.each<[text: string, soFar: Verdict, why: string]>([
    ['h? h? h? h?', 'unknown', 'says nothing'],
    ['he he he he', 'unknown', 'cannot be asked'],
    ['h? h? h?', 'pending', 'says nothing for a while'],
    ['u? u?', 'unhealthy', 'says nothing while the target metric is bad'],
  ])('nothing is proved by "%s", %s: a guard metric %s', (text, soFar) => {
    expect(judge(guarded(text), limits, guards('h'))).toBe(soFar);
  });

  it('has a limit of its own', () => {
    expect(judge(guarded('hu'), { ...limits, worse: 1 }, guards('h'))).toBe('worse');
    expect(judge(guarded('hu hu'), { ...limits, worse: 3 }, guards('h'))).toBe('pending');
  });
});
