import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelsFrom } from '../core/alert.js';
import { matchesAll, parseMatchers, type Matcher } from '../core/matcher.js';
import type { Runbook } from '../core/runbook.js';
import { compileText } from './template-engine.js';
import { MatchIndex } from './match-index.js';

function matchersOf(text: string): readonly Matcher[] {
  const parsed = parseMatchers(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.matchers;
}

function runbook(name: string, match: readonly Matcher[], priority = 100): Runbook {
  const target = compileText('x');
  if (!target.ok) throw new Error('not compiled');
  return {
    name,
    version: '',
    title: name,
    owner: 'o',
    match,
    target: target.template,
    params: {},
    mode: 'approve',
    priority,
    approval: { required: 1, withinMs: 1 },
    guards: { cooldownMs: 0, maxAlertAgeMs: 1, require: [] },
    steps: [],
    onUnhealthy: 'hold',
    onResolved: 'keep',
    clearForMs: 0,
    notify: [],
  };
}

const name = fc.constantFrom('alertname', 'team', 'severity');
const value = fc.constantFrom('a', 'b', 'c', '');
const matcher = fc.oneof(
  fc.tuple(name, fc.constantFrom('=', '!='), value).map(([n, op, v]) => `${n}${op}"${v}"`),
  fc
    .tuple(name, fc.constantFrom('=~', '!~'), fc.constantFrom('a|b', 'a', '.*', 'a.*', '', 'c|', 'b|b'))
    .map(([n, op, v]) => `${n}${op}"${v}"`),
);
const runbooks = fc
  .array(fc.tuple(fc.array(matcher, { minLength: 1, maxLength: 4 }), fc.integer({ min: 0, max: 2 })), { maxLength: 30 })
  .map((specs) => specs.map(([texts, priority], i) => runbook(`r${i}`, matchersOf(texts.join(',')), priority)));
const labels = fc.dictionary(name, fc.constantFrom('a', 'b', 'c', 'd')).map(labelsFrom);

describe('the index of matchers', () => {
  it('finds just what a look at every runbook finds, in the order of priority and name', () => {
    fc.assert(
      fc.property(runbooks, labels, (all, alert) => {
        const naive = all
          .filter((one) => matchesAll(one.match, alert))
          .sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1))
          .map((one) => one.name);
        expect(new MatchIndex(all).candidates(alert).map((one) => one.name)).toEqual(naive);
      }),
      { numRuns: 1000 },
    );
  });

  it('looks at no runbook that cannot match: with 10,000 of them two matchers are tried, not 20,000', () => {
    let tried = 0;
    const counted = (one: Matcher): Matcher =>
      Object.defineProperty({ ...one }, 'value', { get: () => ((tried += 1), one.value), enumerable: true });
    const all = Array.from({ length: 10_000 }, (_, i) =>
      runbook(`r${i}`, matchersOf(`severity="critical",alertname="Alert${i}"`).map(counted)),
    );
    const index = new MatchIndex(all);
    tried = 0;
    const found = index.candidates(labelsFrom({ alertname: 'Alert4711', severity: 'critical', team: 'x' }));
    expect(found.map((one) => one.name)).toEqual(['r4711']);
    expect(tried).toBe(2);
  });
});
