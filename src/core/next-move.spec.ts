import { describe, expect, it } from 'vitest';
import { anAlert, anExecution, aPlan, someOrders } from '../testing/examples.js';
import type { Instant } from './alert.js';
import { FRESH_MS } from './evolve-beginning.js';
import type { Execution, Intent, State } from './execution.js';
import { dueAt, nextMove, type Move } from './next-move.js';
import { parseWindow } from './window.js';

const verify = {
  probe: 'pretend/state',
  with: {},
  limits: { everyMs: 1_000, healthy: 3, unhealthy: 3, unknown: 3, withinMs: 10_000 },
};
const orders = someOrders({ verify, leaseMs: 60_000, onResolved: 'revert', clearForMs: 5_000 });
const plan = aPlan(orders);
const intent: Intent = { key: 'k', epoch: 1, owner: 'w', at: 1_000, deadline: 31_000 };
const alert = anAlert();
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
    [
      'notes that the time to verify one step is over',
      { phase: 'verifying', plan, step: 0, nextAt: 2_000, deadline: 1_500 },
      1_500,
      { do: 'note', event: { type: 'verification-ended', step: 0 } },
      1_500,
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

  const never = parseWindow('1970-01-01');
  const shut = { ...orders, windows: { only: [], never: never.ok ? [never.window] : [] } };
  const waits = { ...applying, startBy: 900_000, plannedAt: 1_000, effect: { is: 'none' } } as const;
  const agreed = { phase: 'awaiting-approval', plan, digest: 'd', grants: [], expiresAt: 9_000 } as const;
  const longer = { ...orders, leaseMaxMs: 120_000 };
  const held = { phase: 'holding', plan, leaseUntil: 61_000, since: 1_000 } as const;
  const due = { is: 'due', runbook: 'next-one', because: '' } as const;
  const closed = { phase: 'closed', outcome: 'failed', detail: '', plan } as const;
  const begun = { steps: anExecution({ orders }).steps.map((step) => ({ ...step, state: 'intended' as const })) };
  const note = (type: 'start-expired' | 'lease-ended' | 'lease-extended' | 'approval-expired'): Move => {
    return { do: 'note', event: { type } };
  };

  it.each<[what: string, change: Partial<Execution>, now: Instant, move: Move]>([
    [
      'I8: makes the plan again when enough people agree',
      { state: { ...agreed, agreed: { attempt: 0, notBefore: 1_000 } } },
      1_000,
      { do: 'plan' },
    ],
    [
      'waits to make it again, at most until the end of the question',
      { state: { ...agreed, agreed: { attempt: 1, notBefore: 99_000 } } },
      1_000,
      { do: 'wait', until: 9_000 },
    ],
    [
      'I8: lets what was agreed to end with the question',
      { state: { ...agreed, agreed: { attempt: 1, notBefore: 1_000 } } },
      9_000,
      note('approval-expired'),
    ],
    ['begins with a fresh plan', { state: waits }, 1_000 + FRESH_MS, { do: 'apply', step: 0 }],
    ['makes an old plan again before it begins', { state: waits }, 1_001 + FRESH_MS, { do: 'plan' }],
    [
      'goes on with what was begun, however old its plan',
      { state: waits, ...begun },
      800_000,
      { do: 'apply', step: 0 },
    ],
    ['I8: begins nothing too late', { state: waits }, 900_000, note('start-expired')],
    ['I8: begins no further step too late', { state: waits, ...begun }, 900_000, note('start-expired')],
    [
      'I5: does not wait for ever to go on with what its target calls unfinished',
      { state: { ...waits, effect: { is: 'unfinished', intent } }, ...begun },
      900_000,
      note('start-expired'),
    ],
    ['begins nothing outside its window', { orders: shut, state: waits }, 1_000, { do: 'wait', until: 31_000 }],
    [
      'waits for its window no longer than there is time to begin',
      { orders: shut, state: { ...waits, startBy: 2_000 } },
      1_000,
      { do: 'wait', until: 2_000 },
    ],
    [
      'goes on outside its window with what was begun',
      { orders: shut, state: waits, ...begun },
      1_000,
      { do: 'apply', step: 0 },
    ],
    ['extends a lease while the alert fires', { orders: longer, state: held, alert }, 61_000, note('lease-extended')],
    ['I11: ends a lease without an alert', { orders: longer, state: held }, 61_000, note('lease-ended')],
    [
      'I11: ends a lease whose alert is over',
      { orders: longer, state: held, alert, resolvedAt: 2_000 },
      61_000,
      note('lease-ended'),
    ],
    [
      'I11: ends a lease at its maximum',
      { orders: longer, state: { ...held, leaseUntil: 121_000 }, alert },
      121_000,
      note('lease-ended'),
    ],
    ['opens the next runbook', { state: closed, escalation: due }, 1_000, { do: 'escalate' }],
    [
      'opens it once',
      { state: closed, escalation: { is: 'opened', runbook: 'next-one', executionId: 'e2' } },
      1_000,
      { do: 'rest' },
    ],
  ])('%s', (_what, change, now, move) => expect(nextMove(anExecution({ orders, ...change }), now)).toEqual(move));

  it('keeps what an alert that is over has changed where the runbook says so', () => {
    const state: State = { phase: 'holding', plan, leaseUntil: 9_000, clearSince: 500 };
    expect(nextMove(anExecution({ orders: { ...orders, onResolved: 'keep' }, state }), 6_000)).toEqual({
      do: 'wait',
      until: 9_000,
    });
  });
});
