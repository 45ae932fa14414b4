import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everyBeginning, explore } from '../../test/scenarios/model/explore.js';
import { beginnings, happenings, live } from '../../test/scenarios/model/lives.js';
import { anExecution, aPlan, someOrders } from '../testing/examples.js';
import type { Instant } from './alert.js';
import type { Execution, Intent, State } from './execution.js';
import { dueAt, nextMove, WATCH_MS, type Move } from './next-move.js';

const verify = {
  probe: 'pretend/state',
  with: {},
  limits: { everyMs: 1_000, healthy: 3, unhealthy: 3, unknown: 3, withinMs: 10_000 },
};
const orders = someOrders({ verify, leaseMs: 60_000, onResolved: 'revert', clearForMs: 5_000 });
const plan = aPlan(orders);
const intent: Intent = { key: 'k', epoch: 1, owner: 'w', at: 1_000, deadline: 31_000 };
const resume = { at: 'verify' } as const;
const applying = { phase: 'applying', plan, step: 0, attempt: 0, notBefore: 1_000 } as const;
const reverting = {
  phase: 'reverting',
  plan,
  next: 0,
  attempt: 0,
  notBefore: 1_000,
  cause: 'asked',
  detail: '',
} as const;
const doubt = { is: 'in-doubt', intent, detail: '', again: true, unanswered: 0 } as const;

describe('nextMove', () => {
  it.each<[what: string, state: State, now: Instant, move: Move, due: Instant | undefined]>([
    ['plans', { phase: 'planning', attempt: 0, notBefore: 1_000 }, 1_000, { do: 'plan' }, 1_000],
    [
      'waits to plan again',
      { phase: 'planning', attempt: 1, notBefore: 2_000 },
      1_000,
      { do: 'wait', until: 2_000 },
      2_000,
    ],
    [
      'waits for an approval',
      { phase: 'awaiting-approval', plan, digest: 'd', grants: [], expiresAt: 9_000 },
      8_999,
      { do: 'wait', until: 9_000 },
      9_000,
    ],
    [
      'notes that nobody approved',
      { phase: 'awaiting-approval', plan, digest: 'd', grants: [], expiresAt: 9_000 },
      9_000,
      { do: 'note', event: { type: 'approval-expired' } },
      9_000,
    ],
    ['applies', { ...applying, effect: { is: 'none' } }, 1_000, { do: 'apply', step: 0 }, 1_000],
    [
      'waits between attempts',
      { ...applying, notBefore: 5_000, effect: { is: 'none' } },
      1_000,
      { do: 'wait', until: 5_000 },
      5_000,
    ],
    [
      'I4: asks before it repeats what it finds announced',
      { ...applying, effect: { is: 'intended', intent } },
      1_000,
      { do: 'settle', step: 0, intent },
      6_000,
    ],
    [
      'I4: asks before it repeats what is in doubt',
      { ...applying, effect: doubt },
      1_000,
      { do: 'settle', step: 0, intent },
      1_000,
    ],
    [
      'I4: announces anew what it goes on with',
      { ...applying, effect: { is: 'unfinished', intent } },
      1_000,
      { do: 'apply', step: 0 },
      1_000,
    ],
    ['samples', { phase: 'verifying', plan, nextAt: 1_000, deadline: 9_000 }, 1_000, { do: 'sample' }, 1_000],
    [
      'waits for the next sample',
      { phase: 'verifying', plan, nextAt: 2_000, deadline: 9_000 },
      1_000,
      { do: 'wait', until: 2_000 },
      2_000,
    ],
    [
      'waits no longer than until the end',
      { phase: 'verifying', plan, nextAt: 2_000, deadline: 1_500 },
      1_000,
      { do: 'wait', until: 1_500 },
      1_500,
    ],
    [
      'notes the end of verification',
      { phase: 'verifying', plan, nextAt: 2_000, deadline: 1_500 },
      1_500,
      { do: 'note', event: { type: 'verification-ended' } },
      1_500,
    ],
    [
      'waits for the end of the lease',
      { phase: 'holding', plan, leaseUntil: 9_000 },
      1_000,
      { do: 'wait', until: 9_000 },
      9_000,
    ],
    [
      'waits for the alert to stay away',
      { phase: 'holding', plan, leaseUntil: 9_000, clearSince: 500 },
      1_000,
      { do: 'wait', until: 5_500 },
      5_500,
    ],
    [
      'I11: notes the end of the lease',
      { phase: 'holding', plan, leaseUntil: 9_000 },
      9_000,
      { do: 'note', event: { type: 'lease-ended' } },
      9_000,
    ],
    [
      'notes that the alert stayed away',
      { phase: 'holding', plan, leaseUntil: 9_000, clearSince: 500 },
      5_500,
      { do: 'note', event: { type: 'clear-long-enough' } },
      5_500,
    ],
    ['takes back', reverting, 1_000, { do: 'revert', step: 0 }, 1_000],
    [
      'takes back again what it finds announced',
      { ...reverting, intent },
      1_000,
      { do: 'revert', step: 0, intent },
      6_000,
    ],
    ['waits to take back again', { ...reverting, notBefore: 4_000 }, 1_000, { do: 'wait', until: 4_000 }, 4_000],
    [
      'leaves what is held to a person',
      { phase: 'held', plan, cause: '', since: 0, resume },
      1_000,
      { do: 'rest' },
      undefined,
    ],
    [
      'leaves what is closed',
      { phase: 'closed', outcome: 'succeeded', detail: '', plan },
      1_000,
      { do: 'rest' },
      undefined,
    ],
  ])('%s', (_what, state, now, move, due) => {
    const execution = anExecution({ orders, state });
    expect(nextMove(execution, now)).toEqual(move);
    expect(dueAt(execution, now)).toBe(due);
  });

  it('keeps what an alert that is over has changed where the runbook says so', () => {
    const state: State = { phase: 'holding', plan, leaseUntil: 9_000, clearSince: 500 };
    expect(nextMove(anExecution({ orders: { ...orders, onResolved: 'keep' }, state }), 6_000)).toEqual({
      do: 'wait',
      until: 9_000,
    });
  });
});

describe('dueAt', () => {
  /** Phases that nothing but a person can move on. */
  const rests = (execution: Execution): boolean =>
    execution.state.phase === 'held' || execution.state.phase === 'closed';

  it('I5: has a moment for every execution that time can move on, and none for any other', () => {
    for (const beginning of everyBeginning(2)) {
      explore(beginning, ({ evolved, at }) => {
        if (evolved.ok) expect(dueAt(evolved.next, at) === undefined).toBe(rests(evolved.next));
      });
    }
  });

  it('I14: is never later than what the next move waits for, but for the time left to whoever acts', () => {
    const property = fc.property(beginnings, fc.array(happenings, { maxLength: 40, size: 'max' }), (beginning, all) => {
      for (const { after, at } of live(beginning, all)) {
        const move = nextMove(after, at);
        const due = dueAt(after, at);
        if (move.do === 'rest') expect(due).toBeUndefined();
        else expect(due).toBeLessThanOrEqual(Math.max(at, move.do === 'wait' ? move.until : at) + WATCH_MS);
      }
    });
    fc.assert(property, { numRuns: 500 });
  });
});
