import { describe, expect, it } from 'vitest';
import { anAlert, anExecution, aPlan, someOrders } from '../testing/examples.js';
import { evolve } from './evolve.js';
import type { Event } from './event.js';
import type { Execution, State } from './execution.js';
import type { Orders } from './orders.js';
import { tallyOf, type Tally } from './scorecard.js';

const limits = { everyMs: 1_000, healthy: 1, unhealthy: 1, unknown: 1, withinMs: 10_000 };
const guards = [{ name: 'errors', probe: 'pretend/guard', with: {} }];
const orders = someOrders({ verify: { probe: 'pretend/state', with: {}, limits, guards } });
const plan = aPlan(orders);
const alert = anAlert();
const verifying: State = { phase: 'verifying', plan, nextAt: 0, deadline: 10_000 };
const AT = 9_000;

function applied(change: Partial<Execution> = {}): Execution {
  const execution = anExecution({ orders, alert, state: verifying, ...change });
  const timeline = { startsAt: 2_000, receivedAt: 3_000, openedAt: 3_000 };
  return { ...execution, timeline, steps: execution.steps.map((step) => ({ ...step, state: 'applied' })) };
}
const observing = (): Execution => anExecution({ orders, alert, mode: 'observe', state: verifying });
const sampled = (
  status: 'healthy' | 'unhealthy' | 'unknown' | 'error',
  guard: 'healthy' | 'unhealthy' = 'healthy',
): Event => {
  const guarded = [{ name: 'errors', at: AT, status: guard, detail: '' }];
  return { type: 'sampled', sample: { at: AT, status, detail: '', guards: guarded } };
};
const ordered = (change: Partial<Orders>): Partial<Execution> => ({ orders: { ...orders, ...change } });
const by = { by: 'ada', reason: '' };
const fixed = alert.fingerprint;

/** What an event adds, when it happens to an execution. */
function added(before: Execution, event: Event, at = AT): Tally | undefined {
  const evolved = evolve(before, event, at);
  if (!evolved.ok) throw new Error(evolved.detail);
  return tallyOf(before, event, evolved.next);
}

describe('the scorecard of a runbook', () => {
  it.each<[what: string, before: Execution, event: Event, adds: Tally | undefined]>([
    [
      'counts what helped, how long it took, and what was repaired automatically',
      applied(),
      sampled('healthy'),
      { counts: { verified: 1 }, trust: 'proved', recoveryMs: 7_000, fixed },
    ],
    [
      'knows of no automatic repair where people agreed',
      applied({ mode: 'approve' }),
      sampled('healthy'),
      { counts: { verified: 1 }, trust: 'proved', recoveryMs: 7_000 },
    ],
    [
      'counts as repaired what is in force under a lease',
      applied(ordered({ leaseMs: 60_000 })),
      sampled('healthy'),
      { counts: { verified: 1 }, trust: 'proved', recoveryMs: 7_000, fixed },
    ],
    ['counts what did not help', applied(), sampled('unhealthy'), { counts: { notVerified: 1 }, trust: 'failed' }],
    [
      'counts what did not help and is with a person',
      applied(ordered({ onUnhealthy: 'hold' })),
      sampled('unhealthy'),
      { counts: { notVerified: 1, held: 1 }, trust: 'failed' },
    ],
    [
      'counts harm as harm only',
      applied(),
      sampled('unhealthy', 'unhealthy'),
      { counts: { harmful: 1 }, trust: 'harmful' },
    ],
    ['takes no trust for what nobody can say', applied(), sampled('error'), { counts: { unverifiable: 1, held: 1 } }],
    [
      'counts the end of verification like its samples',
      applied({ samples: [{ at: 1, status: 'unhealthy', detail: '' }], ...ordered({ verify: slow() }) }),
      { type: 'verification-ended' },
      { counts: { notVerified: 1 }, trust: 'failed' },
    ],
    [
      'counts nothing while more samples are needed',
      applied(ordered({ verify: slow() })),
      sampled('healthy'),
      undefined,
    ],
    [
      'counts what cleared by itself while it was observed, and trusts nothing for it',
      observing(),
      sampled('healthy'),
      { counts: { observed: 1, clearedByItself: 1 } },
    ],
    ['counts what did not clear by itself', observing(), sampled('unhealthy'), { counts: { observed: 1 } }],
    [
      'counts an alert that resolved while it was observed as cleared by itself',
      observing(),
      { type: 'alert-resolved', endsAt: AT },
      { counts: { observed: 1, clearedByItself: 1 } },
    ],
    [
      'does not take a dry run by hand for observing',
      anExecution({ orders, mode: 'observe', dryRun: true }),
      { type: 'planned', plan, digest: '' },
      undefined,
    ],
    [
      'counts an end without a plan as failed',
      anExecution({ orders }),
      { type: 'plan-failed', detail: '', again: false },
      { counts: { failed: 1 } },
    ],
    ['counts no rejection, for it says nothing about the runbook', asked(), { type: 'rejected', ...by }, undefined],
    ['counts no cancelling', asked(), { type: 'cancelled', ...by }, undefined],
  ])('%s', (_what, before, event, adds) =>
    expect(added(before, event, event.type === 'verification-ended' ? 10_000 : AT)).toEqual(adds),
  );

  it('counts what was taken back when it is, and what could not be taken back when a person is told', () => {
    const intent = { key: 'k', epoch: 1, owner: 'w', at: AT, deadline: AT };
    const begun = { phase: 'reverting', plan, next: 0, attempt: 3, notBefore: AT, cause: 'asked', detail: '' } as const;
    const before = { ...applied({ state: { ...begun, intent } }), epoch: 1 };
    expect(added(before, { type: 'reverted', step: 0, epoch: 1 })).toEqual({ counts: { reverted: 1 } });
    expect(added(before, { type: 'revert-failed', step: 0, epoch: 1, detail: '', again: true })).toEqual({
      counts: { held: 1 },
    });
  });
});

function slow(): NonNullable<Orders['verify']> {
  return { probe: 'pretend/state', with: {}, limits: { ...limits, healthy: 3, unhealthy: 3 } };
}

function asked(): Execution {
  const state: State = { phase: 'awaiting-approval', plan, digest: 'd', grants: [], expiresAt: 60_000 };
  return anExecution({ orders, alert, mode: 'approve', state });
}
