import { describe, expect, it } from 'vitest';
import type { Event } from '../core/event.js';
import type { Execution, State } from '../core/execution.js';
import { evolve } from '../core/evolve.js';
import { anExecution, aPlan, someOrders } from '../testing/examples.js';
import { lineOf, type LogLine } from './log-line.js';

const orders = someOrders();
const plan = aPlan(orders);
const intent = { key: 'k', epoch: 1, owner: 'w', at: 1_000, deadline: 2_000 };
const applying: State = {
  phase: 'applying',
  plan,
  step: 0,
  attempt: 0,
  notBefore: 0,
  effect: { is: 'intended', intent },
};
const asking: State = { phase: 'awaiting-approval', plan, digest: 'd', grants: [], expiresAt: 1_000 };

/** The line about an event that happens to an execution in this state. */
function line(state: State, event: Event): LogLine {
  const before: Execution = anExecution({ orders, epoch: 1, state });
  const evolved = evolve(before, event, 2_000);
  if (!evolved.ok) throw new Error(evolved.detail);
  return lineOf(event, before, evolved.next);
}

describe('the line about what happened', () => {
  const doubtful: Event = { type: 'apply-doubtful', step: 0, epoch: 1, detail: 'no answer', again: true };

  it('warns of what failed although it is tried again, and names the step', () => {
    expect(line(applying, doubtful)).toMatchObject({
      level: 'warn',
      message: 'apply-doubtful',
      fields: { phase: 'applying', step: orders.steps[0]?.name, detail: 'no answer' },
    });
  });

  it('warns of an end in which the alert was not helped', () => {
    const failed: Event = { type: 'plan-failed', detail: 'no credentials', again: false };
    expect(line({ phase: 'planning', attempt: 0, notBefore: 0 }, failed)).toMatchObject({
      level: 'warn',
      message: 'closed: failed',
    });
    expect(line(asking, { type: 'approval-expired' })).toMatchObject({ level: 'warn', message: 'closed: expired' });
  });

  it('does not warn of what a person has decided, nor of what went well', () => {
    const rejected: Event = { type: 'rejected', by: 'ada', reason: 'not now' };
    expect(line(asking, rejected)).toMatchObject({ level: 'info', message: 'closed: rejected', fields: { by: 'ada' } });
    expect(line(applying, { type: 'applied', step: 0, key: 'k', epoch: 1 })).toMatchObject({ level: 'info' });
  });
});
