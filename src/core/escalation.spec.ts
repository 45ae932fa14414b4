import { describe, expect, it } from 'vitest';
import { anAlert, anExecution, aPlan, someOrders } from '../testing/examples.js';
import { escalationOf } from './escalation.js';
import type { Execution, Outcome, RevertCause, State } from './execution.js';

const orders = someOrders({ escalate: 'cut-over-center' });
const plan = aPlan(orders);
const execution = (state: State, change: Partial<Execution> = {}): Execution =>
  anExecution({ orders, alert: anAlert(), state, ...change });
const reverting = (cause: RevertCause): State => {
  return { phase: 'reverting', plan, next: 0, attempt: 1, notBefore: 0, cause, detail: '' };
};
const asking: State = { phase: 'awaiting-approval', plan, digest: 'd', grants: [], expiresAt: 1_000 };
const applying: State = { phase: 'applying', plan, step: 0, attempt: 0, notBefore: 0, effect: { is: 'none' } };
const onExpiry = { ...orders, approval: { ...orders.approval, onExpiry: 'escalate' } } as const;

describe('the next runbook', () => {
  it.each<[state: State, outcome: Outcome, opened: boolean, why: string]>([
    [reverting('unhealthy'), 'reverted', true, 'the change did not help'],
    [reverting('worse'), 'reverted', true, 'the change did harm'],
    [reverting('apply-failed'), 'failed', true, 'the change could not be made'],
    [{ phase: 'planning', attempt: 2, notBefore: 0 }, 'failed', true, 'there was no plan'],
    [reverting('lease-ended'), 'reverted', false, 'the change did help, for its time'],
    [reverting('alert-cleared'), 'reverted', false, 'the alert is away'],
    [reverting('asked'), 'reverted', false, 'a person has it in hand'],
    [reverting('cancelled'), 'cancelled', false, 'a person has it in hand'],
    [asking, 'rejected', false, 'a person has it in hand'],
    [asking, 'not-needed', false, 'nothing is wrong'],
    [asking, 'expired', false, 'the runbook lets the question end'],
    [applying, 'blocked', false, 'a guard said no'],
    [{ phase: 'verifying', plan, nextAt: 0, deadline: 1 }, 'succeeded', false, 'the change helped'],
    [
      { phase: 'held', plan, cause: '', since: 0, resume: { at: 'verify' } },
      'accepted',
      false,
      'a person has it in hand',
    ],
  ])('after %j, %s: %s, because %s', (state, outcome, opened) => {
    const escalation = escalationOf(execution(state), outcome, 'because of that');
    if (!opened) return expect(escalation).toBeUndefined();
    const because = `${outcome}: because of that`;
    return expect(escalation).toEqual({ is: 'due', runbook: 'cut-over-center', because });
  });

  it.each<[what: string, change: Partial<Execution>]>([
    ['when the alert is over', { resolvedAt: 1 }],
    ['when the runbook names none', { orders: someOrders() }],
    ['after a dry run', { dryRun: true }],
    ['after observing', { mode: 'observe' }],
    ['twice', { escalation: { is: 'refused', runbook: 'cut-over-center', detail: '' } }],
  ])('is not opened %s', (_what, change) => {
    expect(escalationOf(execution(reverting('unhealthy'), change), 'reverted', '')).toBeUndefined();
  });

  it('is not opened for what was started by hand: it answers an alert', () => {
    const { alert: _none, ...byHand } = execution(reverting('unhealthy'));
    expect(escalationOf(byHand, 'reverted', '')).toBeUndefined();
  });

  it('is opened when nobody decides in time, where the runbook says so; not when there was no time to begin', () => {
    expect(escalationOf(execution(asking, { orders: onExpiry }), 'expired', '')?.is).toBe('due');
    expect(escalationOf(execution(applying, { orders: onExpiry }), 'expired', '')).toBeUndefined();
  });
});
