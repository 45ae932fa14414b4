import { describe, expect, it } from 'vitest';
import { anAlert } from '../testing/examples.js';
import { claimsOf, pluginsOf, type Aim } from './claims-of.js';
import { DEFAULT_GOVERNOR, type Governor } from './governor.js';
import type { Guards, Runbook } from './runbook.js';

const alert = anAlert({ labels: { alertname: 'CacheDown', cluster: 'eu', service: 'shop' } });

function aRunbook(change: Partial<Omit<Runbook, 'guards'>> & { guards?: Partial<Guards> } = {}): Runbook {
  const template = { source: null, render: () => ({ ok: true, value: 'x' }) as const };
  const step = { name: 's', with: template, timeoutMs: 1, attempts: 1, backoffMs: 1 };
  return {
    name: 'evict',
    version: '1',
    title: 'Evict',
    owner: 'team',
    match: [],
    target: template,
    params: {},
    mode: 'auto',
    priority: 100,
    approval: { required: 1, withinMs: 60_000 },
    steps: [{ ...step, uses: 'evict-stale-cache/redis' }],
    onUnhealthy: 'revert',
    onResolved: 'keep',
    clearForMs: 0,
    notify: [],
    ...change,
    guards: { cooldownMs: 60_000, maxAlertAgeMs: 60_000, require: [], ...change.guards },
  };
}

const governed = (change: Partial<Governor>): Governor => ({ ...DEFAULT_GOVERNOR, ...change });
const claims = (runbook: Runbook, governor: Governor = DEFAULT_GOVERNOR, serving?: Aim['serving']) =>
  claimsOf(runbook, alert, { target: 'cache/eu', ...(serving === undefined ? {} : { serving }) }, governor);
const opening = (...of: Parameters<typeof claims>) => {
  const made = claims(...of);
  return made.ok ? made.claims.opening : [];
};

describe('the claims of a runbook', () => {
  it('I9: are taken again right before the first effect where they count over time, or over what is at work', () => {
    const made = claims(aRunbook({ guards: { rate: { limit: 1, perMs: 1 } } }));
    expect(made.ok && made.claims.acting.map((claim) => claim.kind)).toEqual([
      'interval',
      'budget',
      'budget',
      'compatible',
    ]);
  });

  it('only look at what is at work when it is opened, so that a question to people stops nobody', () => {
    const made = claims(aRunbook());
    const look = (all: readonly { kind: string }[]): unknown => all.find((claim) => claim.kind === 'compatible');
    expect(made.ok && [look(made.claims.opening), look(made.claims.acting)]).toMatchObject([
      { look: true },
      { look: false },
    ]);
  });

  it('name the opponents of the conflict table: no eviction during a cut-over', () => {
    expect(opening(aRunbook())).toContainEqual({
      kind: 'compatible',
      plugins: ['evict-stale-cache'],
      opponents: ['cut-over-center'],
      look: true,
    });
  });

  it.each<[what: string, blastRadius: NonNullable<Guards['blastRadius']>, size: number | undefined, limit: number]>([
    ['a number', { by: 'cluster', limit: 2, perMs: 1 }, undefined, 2],
    ['a share', { by: 'cluster', percent: 20, perMs: 1 }, 12, 2],
    ['the smaller of both', { by: 'cluster', limit: 5, percent: 50, perMs: 1 }, 6, 3],
  ])('I9: bound the blast radius by %s', (_what, blastRadius, size, limit) => {
    const groups: Governor['groups'] = size === undefined ? {} : { cluster: { eu: size } };
    expect(opening(aRunbook({ guards: { blastRadius } }), governed({ groups }))).toContainEqual(
      expect.objectContaining({ guard: 'blast-radius', key: 'evict|cluster=eu', limit }),
    );
  });

  it.each([
    [{}, 'the topology knows no group cluster=eu, so 20 % of it cannot be counted'],
    [{ cluster: { eu: 4 } }, '20 % of the 4 in cluster=eu is less than one'],
  ])('I9: are refused when a share cannot be counted or is nothing: %j', (groups, detail) => {
    const runbook = aRunbook({ guards: { blastRadius: { by: 'cluster', percent: 20, perMs: 1 } } });
    expect(claims(runbook, governed({ groups }))).toEqual({ ok: false, because: 'blast-radius', detail });
  });

  it.each<[size: number | undefined, most: number]>([
    [undefined, 5],
    [10, 4],
    [100, 5],
    [1, 1],
  ])('take so many of a group of %s for a storm: more than %i', (size, most) => {
    const storm = { distinctTargets: 5, perMs: 1, percent: 40, by: 'cluster', calmMs: 1 };
    const groups: Governor['groups'] = size === undefined ? {} : { cluster: { eu: size } };
    expect(opening(aRunbook({ guards: { storm } }), governed({ groups }))).toContainEqual(
      expect.objectContaining({ kind: 'storm', key: 'evict|cluster=eu', most }),
    );
  });

  it('I9: hold the assertions only against centres that the topology knows', () => {
    const rules = [{ name: 'one', minServing: 1, among: { a: 1, b: 1 } }];
    const governor = governed({ assertions: rules, centers: ['a', 'b'] });
    expect(opening(aRunbook(), governor, { out: 'a' })).toContainEqual({
      kind: 'serving',
      out: 'a',
      rules,
      look: true,
    });
    expect(claims(aRunbook(), governor, { out: 'z' })).toEqual({
      ok: false,
      because: 'capacity',
      detail: 'the topology knows no centre z',
    });
  });

  it('I9: hold a chosen centre to it that it serves, also where there is no assertion', () => {
    const governor = governed({ assertions: [], centers: ['a', 'b'] });
    expect(opening(aRunbook(), governor, { out: 'a', in: 'b', serves: true })).toContainEqual({
      kind: 'serving',
      out: 'a',
      in: 'b',
      serves: true,
      rules: [],
      look: true,
    });
    expect(opening(aRunbook(), governor, { out: 'a', in: 'b' }).map(({ kind }) => kind)).not.toContain('serving');
    expect(claims(aRunbook(), governor, { out: 'z', in: 'b', serves: true })).toMatchObject({ because: 'capacity' });
  });

  it('of an observing runbook count beside the others and hold nothing', () => {
    const runbook = aRunbook({ mode: 'observe', guards: { rate: { limit: 1, perMs: 1 } } });
    const made = claims(runbook);
    expect(made.ok && made.claims.acting).toEqual([]);
    expect(opening(runbook).map((claim) => claim.kind)).toEqual([
      'episode',
      'unpaused',
      'interval',
      'budget',
      'budget',
    ]);
    expect(opening(runbook)).toContainEqual({ kind: 'interval', target: 'observe|evict|cache/eu', ms: 60_000 });
  });

  it('name each plugin once', () => {
    expect(pluginsOf(['a/x', 'b/y', 'a/z'])).toEqual(['a', 'b']);
  });
});
