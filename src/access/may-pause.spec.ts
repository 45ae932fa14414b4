import { describe, expect, it } from 'vitest';
import { may } from './may.js';
import { mustMayLift, mustMayPause } from './may-pause.js';
import type { Person } from './person.js';
import type { RoleGrant } from './role-grant.js';

const grant = (role: string, runbooks: readonly string[], targets: readonly string[]): RoleGrant => ({
  role,
  runbooks,
  targets,
});

const PEOPLE: Readonly<Record<string, readonly RoleGrant[]>> = {
  everywhere: [grant('operator', ['*'], ['*'])],
  runbooks: [grant('operator', ['cut-*'], ['*'])],
  targets: [grant('operator', ['*'], ['traffic/*', 'dns/*'])],
  both: [grant('operator', ['cut-over'], ['traffic/shop'])],
  'viewer everywhere, operator here': [grant('viewer', ['*'], ['*']), grant('operator', ['cut-*'], ['traffic/*'])],
  viewer: [grant('viewer', ['*'], ['*'])],
  nobody: [],
};

const called = (name: string): Person => ({ name, account: `token:${name}`, grants: PEOPLE[name] ?? [] });

function passes(allow: () => void): boolean {
  try {
    allow();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'forbidden' });
    return false;
  }
}

/** Who may pause a scope, and who of them may also lift what somebody else has paused. */
const TABLE: readonly (readonly [scope: string, pause: readonly string[], lift: readonly string[]])[] = [
  ['all', ['everywhere'], ['everywhere']],
  ['plugin:http', ['everywhere'], ['everywhere']],
  [
    'runbook:cut-over',
    ['everywhere', 'runbooks', 'targets', 'both', 'viewer everywhere, operator here'],
    ['everywhere', 'runbooks'],
  ],
  ['runbook:throttle', ['everywhere', 'targets'], ['everywhere']],
  [
    'target:traffic/shop',
    ['everywhere', 'runbooks', 'targets', 'both', 'viewer everywhere, operator here'],
    ['everywhere', 'targets'],
  ],
  [
    'target:traffic/s*',
    ['everywhere', 'runbooks', 'targets', 'viewer everywhere, operator here'],
    ['everywhere', 'targets'],
  ],
  ['target:*/shop', ['everywhere', 'runbooks'], ['everywhere']],
  ['target:*', ['everywhere', 'runbooks'], ['everywhere']],
  ['target:cache/a:b', ['everywhere', 'runbooks'], ['everywhere']],
];

describe('the kill switch', () => {
  it.each(TABLE)('%s is pulled by those who may, and let go by fewer', (scope, pause, lift) => {
    const names = Object.keys(PEOPLE);
    expect(names.filter((name) => passes(() => mustMayPause(called(name), scope)))).toEqual(pause);
    expect(names.filter((name) => passes(() => mustMayLift(called(name), { scope, by: 'ada' })))).toEqual(lift);
  });

  it('is let go by whoever has pulled it and still may pull it', () => {
    for (const [scope, pause] of TABLE) {
      const own = Object.keys(PEOPLE).filter((name) => passes(() => mustMayLift(called(name), { scope, by: name })));
      expect(own).toEqual(pause);
    }
  });

  it('stops the runbook and the target of whatever execution somebody may cancel', () => {
    for (const name of Object.keys(PEOPLE)) {
      for (const runbook of ['cut-over', 'cut-back', 'throttle']) {
        for (const target of ['traffic/shop', 'traffic/pay', 'dns/shop', 'cache/a']) {
          if (!may(called(name), 'cancel', { runbook, target })) continue;
          mustMayPause(called(name), `runbook:${runbook}`);
          mustMayPause(called(name), `target:${target}`);
        }
      }
    }
  });

  it.each([
    ['all', 'pause everywhere'],
    ['runbook:throttle', 'pause throttle'],
    ['target:cache/a', 'pause on cache/a'],
  ])('says what is lacking for %s', (scope, lacking) => {
    expect(() => mustMayPause(called('both'), scope)).toThrow(`both has no role that allows this: ${lacking}`);
  });

  it('says what is lacking for letting go', () => {
    const lift = (scope: string) => () => mustMayLift(called('both'), { scope, by: 'ada' });
    expect(lift('runbook:cut-over')).toThrow('unpause cut-over on every target');
    expect(lift('target:traffic/shop')).toThrow('unpause by every runbook on traffic/shop');
  });
});
