import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pauseScopes } from './claims-of.js';
import { isPauseScope, pauses, type Pause } from './pause.js';

const pause = (scope: string, until?: number): Pause => ({
  id: 'p',
  scope,
  reason: 'stop',
  by: 'ada',
  at: 0,
  ...(until === undefined ? {} : { until }),
});
const scopes = pauseScopes('cut-over', ['pretend', 'other'], 'traffic/shop');

describe('a pause', () => {
  it('looks at everything an execution is about', () => {
    expect(scopes).toEqual(['all', 'runbook:cut-over', 'plugin:pretend', 'plugin:other', 'target:traffic/shop']);
  });

  it.each<[scope: string, stops: boolean]>([
    ['all', true],
    ['runbook:cut-over', true],
    ['runbook:cut', false],
    ['plugin:other', true],
    ['plugin:pret', false],
    ['target:traffic/shop', true],
    ['target:traffic/*', true],
    ['target:*/shop', true],
    ['target:*', true],
    ['target:t*c/s*p', true],
    ['target:traffic/sho', false],
    ['target:raffic/shop', false],
    ['target:traffic.shop', false],
    ['target:*shop*shop', false],
    ['runbook:*', false],
  ])('I10: of %s stops this execution: %s', (scope, stops) => expect(pauses(pause(scope), scopes, 1)).toBe(stops));

  it('I10: is over at its end, and not before', () => {
    expect(pauses(pause('all', 10), scopes, 9)).toBe(true);
    expect(pauses(pause('all', 10), scopes, 10)).toBe(false);
    expect(pauses(pause('all'), scopes, Number.MAX_SAFE_INTEGER)).toBe(true);
  });

  it('matches a target like a naive regular expression does', () => {
    const letters = (from: string) => fc.string({ unit: fc.constantFrom(...from.split('')), maxLength: 8 });
    fc.assert(
      fc.property(letters('ab*/.'), letters('ab/.'), (glob, text) => {
        const naive = new RegExp(`^${glob.replaceAll(/[/.]/g, '\\$&').replaceAll('*', '.*')}$`);
        expect(pauses(pause(`target:${glob}`), [`target:${text}`], 1)).toBe(naive.test(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('S9: matches a glob made of stars without going through all ways to read it', () => {
    const glob = `target:${'*a'.repeat(5_000)}b`;
    expect(pauses(pause(glob), [`target:${'a'.repeat(20_000)}`], 1)).toBe(false);
  });
});

describe('isPauseScope', () => {
  it.each(['all', 'runbook:cut-over', 'plugin:a1', 'target:*', 'target:traffic/shop'])('takes %s', (text) =>
    expect(isPauseScope(text)).toBe(true),
  );

  it.each([
    '',
    'All',
    'all ',
    'runbook:',
    'runbook:*',
    'plugin:',
    'target:',
    'target: ',
    'target:a b',
    'everything',
    'runbook:Cut',
    'all\nall',
  ])('I9: refuses %j', (text) => expect(isPauseScope(text)).toBe(false));
});
