import { describe, expect, it } from 'vitest';
import { anExecution, aPlan, someOrders } from '../testing/examples.js';
import { actingClaims, OPPOSITE_WINDOW_MS } from './acting-claims.js';
import type { Claim } from './claim.js';
import type { Execution, StepRecord } from './execution.js';

const again: Claim = { kind: 'interval', target: 'traffic/shop', ms: 1_000 };
const step = { with: {}, timeoutMs: 1_000, attempts: 3, backoffMs: 1_000 };
const steps = [
  { ...step, name: 'evict', uses: 'redis/evict' },
  { ...step, name: 'switch', uses: 'traffic/switch' },
];
const orders = someOrders({ steps, claims: [again] });
const plan = aPlan(orders);

function applying(index: number, states: readonly StepRecord['state'][], change: Partial<Execution> = {}): Execution {
  const state = { phase: 'applying', plan, step: index, attempt: 0, notBefore: 0, effect: { is: 'none' } } as const;
  const execution = anExecution({ orders, state, ...change });
  return { ...execution, steps: execution.steps.map((one, i) => ({ ...one, state: states[i] ?? 'waiting' })) };
}

const kinds = (claims: readonly Claim[]): string[] => claims.map((claim) => claim.kind);

describe('what must be free right before an effect', () => {
  it.each<[what: string, execution: Execution, step: number, wanted: readonly Claim['kind'][]]>([
    [
      'the first step takes every guard once more',
      applying(0, ['waiting', 'waiting']),
      0,
      ['unpaused', 'trusted', 'interval', 'opposite'],
    ],
    [
      'a further attempt at it needs no pause, and nothing besides',
      applying(0, ['intended', 'waiting']),
      0,
      ['unpaused'],
    ],
    ['a further step', applying(1, ['applied', 'waiting']), 1, ['unpaused', 'opposite']],
    ['a further attempt at that', applying(1, ['applied', 'intended']), 1, ['unpaused']],
  ])('%s', (_what, execution, index, wanted) => expect(kinds(actingClaims(execution, index))).toEqual(wanted));

  it('I10: looks at every scope under which it may be paused', () => {
    const [unpaused] = actingClaims(applying(1, ['applied', 'intended']), 1);
    const scopes = ['all', 'runbook:cut-over', 'plugin:redis', 'plugin:traffic', 'target:traffic/shop'];
    expect(unpaused).toEqual({ kind: 'unpaused', scopes });
  });

  it('asks for trust as far as the execution goes', () => {
    const claims = actingClaims(applying(0, [], { mode: 'approve' }), 0);
    expect(claims).toContainEqual({ kind: 'trusted', runbook: 'cut-over', mode: 'approve' });
  });

  it('knows a change and its opposite by the same mark, and one of another thing by another', () => {
    const forth = oppositeOf('a', 'b', 'auto');
    const back = oppositeOf('b', 'a', 'auto');
    expect(forth.undoes).toEqual(back.does);
    expect(forth.does).toEqual(back.undoes);
    expect(forth.does).not.toEqual(forth.undoes);
    expect(oppositeOf('a', 'c', 'auto').does).not.toEqual(forth.does);
    expect(forth.windowMs).toBe(OPPOSITE_WINDOW_MS);
  });

  it('only remembers what people have agreed to, and refuses what they have not', () => {
    expect(oppositeOf('a', 'b', 'auto').refuse).toBe(true);
    expect(oppositeOf('a', 'b', 'approve').refuse).toBe(false);
  });
});

function oppositeOf(from: string, to: string, mode: 'auto' | 'approve'): Extract<Claim, { kind: 'opposite' }> {
  const changed = plan.map((one) => ({ ...one, changes: [{ resource: 'x', attribute: 'value', from, to }] }));
  const execution = applying(0, [], { mode });
  const { state } = execution;
  if (state.phase !== 'applying') throw new Error('it is applying');
  const claims = actingClaims({ ...execution, state: { ...state, plan: changed } }, 0);
  const claim = claims.find((one) => one.kind === 'opposite');
  if (claim === undefined) throw new Error('there is no such claim');
  return claim;
}
