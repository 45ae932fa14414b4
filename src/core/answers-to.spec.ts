import { describe, expect, it } from 'vitest';
import { aPlan, anExecution, someOrders } from '../testing/examples.js';
import { answersTo, type CommandName } from './answers-to.js';
import type { State, StepRecord } from './execution.js';

const orders = someOrders();
const plan = aPlan(orders);
const stuck = plan.map((step) => ({ ...step, reversible: false }));
const intent = { key: 'k', epoch: 1, owner: 'w', at: 0, deadline: 1 };
const held = { phase: 'held', plan, cause: 'x', since: 0 } as const;
const begin = { phase: 'applying', plan, step: 0, attempt: 0, notBefore: 0 } as const;
const asked = { phase: 'awaiting-approval', plan, digest: 'd', grants: [], expiresAt: 10 } as const;

describe('an execution answers to', () => {
  it.each<[state: State, step: StepRecord['state'], commands: CommandName[]]>([
    [{ phase: 'planning', attempt: 0, notBefore: 0 }, 'waiting', ['cancel']],
    [asked, 'waiting', ['approve', 'reject', 'cancel']],
    [{ ...asked, expiresAt: 4 }, 'waiting', ['reject', 'cancel']],
    [{ ...asked, agreed: { attempt: 0, notBefore: 0 } }, 'waiting', ['reject', 'cancel']],
    [{ ...begin, effect: { is: 'none' } }, 'waiting', ['cancel']],
    [{ ...begin, effect: { is: 'intended', intent } }, 'intended', []],
    [{ phase: 'verifying', plan, nextAt: 0, deadline: 9 }, 'applied', ['cancel', 'revert']],
    [{ phase: 'holding', plan, leaseUntil: 9 }, 'applied', ['cancel', 'revert']],
    [{ ...held, resume: { at: 'apply', step: 0, intent } }, 'intended', ['revert', 'retry', 'accept']],
    [{ ...held, plan: stuck, resume: { at: 'apply', step: 0, intent } }, 'intended', ['retry', 'accept']],
    [{ phase: 'closed', outcome: 'succeeded', detail: '', plan }, 'applied', ['revert']],
    [{ phase: 'closed', outcome: 'succeeded', detail: '', plan: stuck }, 'applied', []],
    [{ phase: 'closed', outcome: 'expired', detail: '', plan }, 'waiting', []],
  ])('in %j with a step that is %s: %j', (state, step, commands) => {
    const steps = orders.steps.map(({ name, uses }) => ({ name, uses, state: step, attempts: 0 }));
    expect(answersTo(anExecution({ orders, state, steps }), 5)).toEqual(commands);
  });
});
