import { describe, expect, it } from 'vitest';
import type { Guards } from '../../core/runbook.js';
import { FIGURES } from '../../core/scorecard.js';
import { approvalWords, guardWords, objectiveWords } from './guard-words.js';
import { scoreWords } from './runbook-words.js';

const MINUTE = 60_000;
const GUARDS: Guards = {
  cooldownMs: 10 * MINUTE,
  maxAlertAgeMs: 60 * MINUTE,
  require: [],
  storm: { distinctTargets: 5, perMs: 10 * MINUTE, percent: 40, by: 'cluster', calmMs: 10 * MINUTE, propose: 'other' },
  recurrence: { limit: 5, perMs: 7 * 24 * 60 * MINUTE },
};

const counts = (some: Partial<Record<(typeof FIGURES)[number], number>>) => ({
  fired: 0,
  verified: 0,
  notVerified: 0,
  harmful: 0,
  unverifiable: 0,
  reverted: 0,
  failed: 0,
  held: 0,
  observed: 0,
  clearedByItself: 0,
  ...some,
});

describe('a runbook in words', () => {
  it('says every brake with its numbers', () => {
    expect(guardWords(GUARDS)).toEqual([
      'Leaves a target alone for 10 min after it has acted on it.',
      'Takes an alert that fires for longer than 1 h for old news.',
      'Stops when more than 5 targets, or more than 40 % of those with the same cluster, are in trouble within 10 min, and proposes other for all of them; calm after 10 min.',
      'Asks a person when one alert was repaired 5 times within 7 d.',
    ]);
    const rate = { limit: 3, perMs: 60 * MINUTE };
    expect(
      guardWords({ ...GUARDS, rate, blastRadius: { by: 'cluster', limit: 3, percent: 20, perMs: MINUTE } }),
    ).toEqual(
      expect.arrayContaining([
        'At most 3 executions within 1 h.',
        'Works on at most 3 targets or 20 % of the targets with the same cluster within 1 min.',
      ]),
    );
  });

  it('says which brakes were taken off', () => {
    const { storm: _storm, recurrence: _recurrence, ...bare } = GUARDS;
    expect(guardWords({ ...bare, cooldownMs: 0 })).toEqual([
      'No cooldown.',
      'Takes an alert that fires for longer than 1 h for old news.',
      'Does not stop in a storm: that brake was taken off.',
      'Does not count how often one alert comes back: that brake was taken off.',
    ]);
  });

  it('says who must agree', () => {
    const withinMs = 15 * MINUTE;
    expect(approvalWords({ required: 1, withinMs })).toBe(
      'One person, within 15 min; then it ends and nothing was touched.',
    );
    expect(approvalWords({ required: 1, withinMs, roles: ['approver', 'sre'], onExpiry: 'escalate' })).toBe(
      '2 different people, one of whom for each of the roles approver, sre, within 15 min; then the next runbook is opened.',
    );
  });

  it('D5, D7: says what is wanted of a recovery, and nothing when nobody has said so', () => {
    expect(objectiveWords(undefined)).toBeNull();
    expect(objectiveWords({ recoveryMs: 12_000, dataLossMs: 0 })).toBe(
      'Well again within 12 s of the start of the alert, no acknowledged write missing.',
    );
    expect(objectiveWords({ dataLossMs: 5_000 })).toBe('No acknowledged write missing that is older than 5 s.');
  });

  it('says its figures, and only those that there are', () => {
    expect(scoreWords({ counts: counts({}), failuresInARow: 0 })).toBe('Not opened so far.');
    expect(
      scoreWords({
        counts: counts({ fired: 4, verified: 2, notVerified: 2 }),
        medianRecoveryMs: 42_000,
        failuresInARow: 2,
      }),
    ).toBe(
      'Opened 4 times: 2 proved to help, 2 did not help; typically well again 42 s after the alert began; the last 2 did not help.',
    );
  });
});
