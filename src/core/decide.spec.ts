import { describe, expect, it } from 'vitest';
import { aRunbook, anAlert, fixed, someCircumstances } from '../testing/examples.js';
import type { Alert } from './alert.js';
import { decide, type Decision } from './decide.js';
import { parseMatchers, type Matcher } from './matcher.js';
import type { Runbook } from './runbook.js';
import type { Scope, Template } from './template.js';

const NOW = 10_000;
const nothing = someCircumstances();

/** Gives what it finds, like a template that reads one thing. */
const reading = (find: (scope: Scope) => string | undefined): Template<string> => ({
  source: '{{...}}',
  render: (scope) => {
    const value = find(scope);
    return value === undefined ? { ok: false, detail: 'labels.zone is missing' } : { ok: true, value };
  },
});

function matchers(text: string): readonly Matcher[] {
  const parsed = parseMatchers(text);
  return parsed.ok ? parsed.matchers : [];
}

function one(runbook: Runbook, alert: Alert = anAlert(), now = NOW): Decision {
  const [decision] = decide(alert, [runbook], now, nothing);
  if (decision === undefined) throw new Error('the runbook does not match');
  return decision;
}

describe('decide', () => {
  it('passes over runbooks that do not match, and those that match nothing at all', () => {
    const others = [aRunbook({ match: matchers('alertname="Other"') }), aRunbook({ match: [] })];
    expect(decide(anAlert(), others, NOW, nothing)).toEqual([]);
  });

  it('decides for each runbook in the order in which they are given: the catalogue has sorted them by priority', () => {
    const runbooks = [
      aRunbook({ name: 'b', priority: 1 }),
      aRunbook({ name: 'c', priority: 300 }),
      aRunbook({ name: 'a', priority: 200 }),
    ];
    const names = decide(anAlert(), runbooks, NOW, nothing).map((decision) =>
      decision.run ? decision.runbook.name : decision.runbook,
    );
    expect(names).toEqual(['b', 'c', 'a']);
  });

  it('gives what is to be done, filled in', () => {
    const verify = {
      probe: 'pretend/state',
      with: fixed({}),
      limits: { everyMs: 1, healthy: 1, unhealthy: 1, unknown: 1, withinMs: 1 },
      guards: [],
    };
    const decision = one(aRunbook({ verify, leaseMs: 60_000 }));
    expect(decision).toMatchObject({
      run: true,
      target: 'traffic/shop',
      orders: {
        steps: [{ name: 'switch', uses: 'pretend/set', with: { value: 'b' } }],
        verify: { probe: 'pretend/state', with: {} },
        leaseMs: 60_000,
      },
    });
  });

  it('fills in from the alert, the parameters, the settings and the topology, with the centre that the alert names', () => {
    const target = reading(({ labels, params, config, topology, alert }) =>
      JSON.stringify([labels['center'], params, config, topology['center'], alert.name]),
    );
    const surroundings = { ...nothing, config: { url: 'u' }, topology: { centers: { a: { standby: 'b' } } } };
    const [decision] = decide(anAlert(), [aRunbook({ target, params: { p: 1 } })], NOW, surroundings);
    expect(decision).toMatchObject({ run: true, target: '["a",{"p":1},{"url":"u"},{"standby":"b"},"CenterDown"]' });
  });

  it.each(['constructor', 'toString', '__proto__', 'c'])(
    'S6: a centre named %s that the topology does not know is no centre',
    (center) => {
      const target = reading(({ topology }) => (topology['center'] === undefined ? undefined : 'found'));
      const alert = anAlert({ labels: { alertname: 'CenterDown', center } });
      const [decision] = decide(alert, [aRunbook({ target })], NOW, { ...nothing, topology: { centers: { a: {} } } });
      expect(decision).toMatchObject({ run: false, because: 'no-target' });
    },
  );

  it.each<[age: number, runs: boolean]>([
    [3_600_000, true],
    [3_600_001, false],
    [-60_000, true],
  ])('answers an alert that is %d ms old: %s', (age, runs) => {
    expect(one(aRunbook(), anAlert({ startsAt: 0 }), age).run).toBe(runs);
  });

  it('says how old an alert is that is too old', () => {
    expect(one(aRunbook(), anAlert({ startsAt: 0 }), 3 * 86_400_000)).toEqual({
      run: false,
      runbook: 'cut-over',
      because: 'too-old',
      detail: 'the alert is 3 d old, at most 1 h is acted on',
    });
  });

  it.each(['', ' ', '/', 'traffic/', '/shop', 'traffic//shop', 'traffic/ /shop', '*', 'traffic/*', 'traffic/sh*p'])(
    'I9, S6: takes %j for no target: an empty part or a wildcard never means "all"',
    (target) => {
      expect(one(aRunbook({ target: fixed(target) }))).toEqual({
        run: false,
        runbook: 'cut-over',
        because: 'no-target',
        detail: `the target "${target}" has an empty part or a wildcard`,
      });
    },
  );

  it('says which part of the target is missing', () => {
    const target = reading(({ labels }) => labels['zone']);
    expect(one(aRunbook({ target }))).toMatchObject({ because: 'no-target', detail: 'labels.zone is missing' });
  });

  it('says which step or that the verification lacks something', () => {
    const lacking = reading(({ labels }) => labels['zone']);
    const steps = aRunbook().steps.flatMap((step) => [step, { ...step, name: 'second', with: lacking }]);
    const inStep = aRunbook({ steps });
    expect(one(inStep)).toMatchObject({
      run: false,
      because: 'template-missing',
      detail: 'step second: labels.zone is missing',
    });
    const limits = { everyMs: 1, healthy: 1, unhealthy: 1, unknown: 1, withinMs: 1 };
    const inVerify = aRunbook({ verify: { probe: 'pretend/state', with: lacking, limits, guards: [] } });
    expect(one(inVerify)).toMatchObject({
      run: false,
      because: 'template-missing',
      detail: 'verify: labels.zone is missing',
    });
  });

  it('looks at the age before it fills anything in', () => {
    const target = reading(() => undefined);
    expect(one(aRunbook({ target }), anAlert({ startsAt: 0 }), 86_400_000)).toMatchObject({ because: 'too-old' });
  });

  describe('claims', () => {
    const claims = (guards: Partial<Runbook['guards']>): readonly object[] => {
      const decision = one(
        aRunbook({ guards: { cooldownMs: 600_000, maxAlertAgeMs: 3_600_000, require: [], ...guards } }),
      );
      return decision.run ? decision.claims : [];
    };

    it('stand in the order in which they are checked: what says most comes first', () => {
      const all = claims({
        rate: { limit: 3, perMs: 3_600_000 },
        blastRadius: { by: 'service', limit: 1, perMs: 1_800_000 },
      });
      const alert = anAlert();
      expect(all).toEqual([
        { kind: 'episode', fingerprint: alert.fingerprint, runbook: 'cut-over', startsAt: alert.startsAt },
        { kind: 'unpaused', scopes: ['all', 'runbook:cut-over', 'plugin:pretend', 'target:traffic/shop'] },
        { kind: 'refires', target: 'traffic/shop', fingerprint: alert.fingerprint, limit: 3, windowMs: 3_600_000 },
        { kind: 'exclusive', target: 'traffic/shop' },
        { kind: 'interval', target: 'traffic/shop', ms: 600_000 },
        { kind: 'budget', guard: 'rate', key: 'cut-over', limit: 3, windowMs: 3_600_000 },
        { kind: 'budget', guard: 'blast-radius', key: 'cut-over|service=shop', limit: 1, windowMs: 1_800_000 },
        { kind: 'budget', guard: 'change-budget', key: 'service=shop', limit: 10, windowMs: 3_600_000 },
        { kind: 'compatible', plugins: ['pretend'], opponents: [], look: true },
      ]);
    });

    it('leave out guards that the runbook does not have', () => {
      expect(claims({ cooldownMs: 0 }).map((claim) => ('kind' in claim ? claim.kind : ''))).toEqual([
        'episode',
        'unpaused',
        'refires',
        'exclusive',
        'interval',
        'budget',
        'compatible',
      ]);
    });

    it('I9: count alerts without the label of the blast radius as one group', () => {
      expect(claims({ blastRadius: { by: 'zone', limit: 1, perMs: 1 } })).toContainEqual(
        expect.objectContaining({ guard: 'blast-radius', key: 'cut-over|zone=' }),
      );
    });
  });
});
