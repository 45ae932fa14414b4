import { describe, expect, it } from 'vitest';
import { labelsFrom } from './alert.js';
import { explainMatcher, explainMiss, explainNoRunbook, nearestMisses, type Matching } from './explain-match.js';
import { parseMatchers } from './matcher.js';

const LABELS = labelsFrom({ alertname: 'CacheStale', severity: 'info', cluster: 'eu', long: 'x'.repeat(200) });

function runbook(name: string, ...match: string[]): Matching {
  const matchers = match.flatMap((text) => {
    const parsed = parseMatchers(text);
    if (!parsed.ok) throw new Error(parsed.detail);
    return parsed.matchers;
  });
  return { name, match: matchers };
}

const why = (text: string): (string | undefined)[] =>
  runbook('any', text).match.map((matcher) => explainMatcher(matcher, LABELS));

describe('a matcher that fails', () => {
  it.each([
    ['severity=~"warning|critical"', 'severity="info" does not satisfy severity=~"warning|critical"'],
    ['alertname="CenterDown"', 'alertname="CacheStale" does not satisfy alertname="CenterDown"'],
    ['cluster!="eu"', 'cluster="eu" does not satisfy cluster!="eu"'],
    ['cluster!~"e.*"', 'cluster="eu" does not satisfy cluster!~"e.*"'],
    ['cluster=""', 'cluster="eu" does not satisfy cluster=""'],
    ['service="shop"', 'service is absent, which does not satisfy service="shop"'],
    ['service!=""', 'service is absent, which does not satisfy service!=""'],
    ['toString!=""', 'toString is absent, which does not satisfy toString!=""'],
    ['"région"="île"', '"région" is absent, which does not satisfy "région"="île"'],
    ['long="y"', `long="${'x'.repeat(79)}…" does not satisfy long="y"`],
  ])('is explained with the value of the label: %s', (text, sentence) => expect(why(text)).toEqual([sentence]));

  it.each(['alertname="CacheStale"', 'service!="shop"', 'service=""', 'severity=~"info|warning"'])(
    'holds, and nothing is said: %s',
    (text) => expect(why(text)).toEqual([undefined]),
  );
});

describe('a runbook that does not answer', () => {
  it('names every matcher that failed, in its order', () => {
    expect(explainMiss(runbook('evict', 'severity="critical"', 'cluster="eu"', 'service="shop"'), LABELS)).toEqual({
      runbook: 'evict',
      matchers: 3,
      failed: [
        'severity="info" does not satisfy severity="critical"',
        'service is absent, which does not satisfy service="shop"',
      ],
    });
  });

  it('is no miss when everything holds', () => {
    expect(explainMiss(runbook('evict', 'cluster="eu"'), LABELS)).toBeUndefined();
  });

  it('I9: is one without any matchers', () => {
    expect(explainMiss(runbook('all'), LABELS)?.failed).toEqual(['it has no matchers, which never means "all"']);
    expect(nearestMisses([runbook('all')], LABELS).map((miss) => miss.runbook)).toEqual(['all']);
  });
});

describe('among many runbooks', () => {
  const many = [
    runbook('far', 'alertname="Other"', 'team!="x"', 'zone!="y"'),
    runbook('answers', 'alertname="CacheStale"'),
    runbook('near', 'alertname="CacheStale"', 'severity="critical"'),
    runbook('nearest', 'alertname="CacheStale"', 'cluster="eu"', 'severity="critical"'),
    runbook('less-near', 'alertname="CacheStale"', 'severity="critical"', 'service="shop"'),
    runbook('none', 'alertname="Another"', 'severity="critical"'),
  ];
  const names = (most?: number): string[] => nearestMisses(many, LABELS, most).map((miss) => miss.runbook);

  it('those that recognise the most labels come first, and what is negative recognises nothing', () => {
    expect(names()).toEqual(['nearest', 'near', 'less-near', 'far', 'none']);
  });

  it('only as many are named as are asked for, and the same ones', () => {
    for (const most of [0, 1, 2, 3, 5, 9]) expect(names(most)).toEqual(names().slice(0, most));
  });

  it('a decision names three and counts the rest', () => {
    expect(explainNoRunbook(many.slice(2), LABELS)).toBe(
      'no runbook matches: ' +
        'nearest: severity="info" does not satisfy severity="critical"; ' +
        'near: severity="info" does not satisfy severity="critical"; ' +
        'less-near: severity="info" does not satisfy severity="critical", and service is absent, which does not satisfy service="shop"; ' +
        'and 1 other',
    );
    expect(explainNoRunbook([], LABELS)).toBe('no runbook is in force');
  });

  it('costs little: 200 runbooks are looked through in well under a millisecond', () => {
    const crowd = Array.from({ length: 200 }, (_, i) => runbook(`r${i}`, `alertname="A${i}"`, 'severity=~"a|b"'));
    for (let i = 0; i < 50; i++) explainNoRunbook(crowd, LABELS);
    const times = Array.from({ length: 20 }, () => {
      const start = performance.now();
      explainNoRunbook(crowd, LABELS);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(1);
  });
});
