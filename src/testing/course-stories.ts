import type { Choice } from '../core/affinity.js';
import type { StepPlan } from '../core/step-plan.js';
import { Happening, opened, T0, twoPlans, twoSteps, type Course } from './courses.js';

const parts = { region: 0.4, vendor: 0.3, health: 0.19, load: 0.06 };
const CHOICE: Choice = {
  insteadOf: 'a',
  chosen: 'b',
  service: 'shop',
  at: T0 - 1_000,
  candidates: [
    { center: 'b', score: 0.95, parts, health: 0.97, load: 0.4, latencyMs: 3 },
    { center: 'c', score: 0.55, parts: { ...parts, region: 0 }, latencyMs: 31 },
    { center: 'd', parts: { region: 0, vendor: 0, health: 0, load: 0 }, ruledOut: 'it is down: its health is 0' },
  ],
};

/** Up to the end of the second step. */
const done = (id: string, orders = twoSteps()): Happening =>
  new Happening(opened(id, { orders }))
    .planned(2)
    .approved(400, 'ann', 'b is idle')
    .planned(401)
    .applied(402, 0)
    .applied(405, 1);

const healthy = (what: Happening): Happening =>
  what
    .measured(408, 'unhealthy', 0.71)
    .measured(413, 'unknown')
    .measured(418, 'healthy', 0.97)
    .measured(423, 'healthy', 0.99)
    .measured(428, 'healthy', 0.995);

const unhealthy = (what: Happening): Happening =>
  what.measured(408, 'unhealthy', 0.71).measured(413, 'unhealthy', 0.62).measured(418, 'unhealthy', 0.4);

const manyChanges: StepPlan[] = twoPlans({
  changes: Array.from({ length: 5_000 }, (_, i) => ({
    resource: `node ${i}`,
    attribute: 'cordoned',
    from: false,
    to: true,
  })),
});

function doubtful(id: string): Happening {
  const what = new Happening(opened(id)).planned(2).approved(60, 'ann').planned(61).applied(62, 0);
  const epoch = what.intended(66, 1);
  what.happens(70, {
    type: 'apply-doubtful',
    step: 1,
    epoch,
    detail: 'the connection broke before the answer',
    again: true,
  });
  for (let i = 0; i < 5; i++)
    what.happens(72 + 4 * i, { type: 'apply-unanswered', step: 1, epoch, detail: 'the target could not be reached' });
  return what;
}

function running(): Happening {
  const what = new Happening(opened('running')).planned(2).approved(60, 'ann').planned(61).applied(62, 0);
  what.intended(66, 1);
  return what;
}

function failed(): Happening {
  const what = new Happening(opened('failed')).planned(2).approved(60, 'ann').planned(61).applied(62, 0);
  const epoch = what.intended(66, 1);
  what.happens(70, { type: 'apply-refuted', step: 1, epoch, detail: 'HAProxy answered: no such server', again: false });
  return what.reverted(71, 1).reverted(74, 0);
}

/** Every way in which an execution can stand, by a name that is also its id. */
export const STORIES: { readonly [name: string]: Course } = {
  planning: new Happening(opened('planning')).happens(3, {
    type: 'plan-failed',
    detail: 'the target could not be reached',
    again: true,
  }).course,
  waiting: new Happening(opened('waiting', { orders: twoSteps({ choice: CHOICE }) })).planned(2).course,
  'one-of-two': new Happening(
    opened('one-of-two', { orders: twoSteps({ approval: { required: 2, withinMs: 3_600_000 } }) }),
  )
    .planned(2)
    .approved(300, 'ann', 'b is idle, and the business agrees').course,
  agreed: new Happening(opened('agreed')).planned(2).approved(300, 'ann').course,
  changed: new Happening(opened('changed'))
    .planned(2)
    .approved(300, 'ann')
    .planned(
      301,
      twoPlans({
        changes: [{ resource: 'dns shop.example.com', attribute: 'A', from: '192.0.2.10', to: '203.0.113.5' }],
      }),
    ).course,
  stuck: new Happening(opened('stuck', { mode: 'auto' })).planned(
    2,
    twoPlans({ reversible: false, asks: 'writes of up to 0.4 s may be lost.' }),
  ).course,
  'by-hand': new Happening(
    opened('by-hand', { trigger: 'manual', requestedBy: 'local', reason: 'maintenance of centre a' }),
  ).planned(2).course,
  expired: new Happening(opened('expired', { orders: twoSteps({ approval: { required: 1, withinMs: 900_000 } }) }))
    .planned(2)
    .happens(903, { type: 'approval-expired' }).course,
  rejected: new Happening(opened('rejected')).planned(2).happens(100, {
    type: 'rejected',
    by: 'bob',
    reason: 'a is coming back by itself',
    from: 'token:bob by token from 192.0.2.8',
  }).course,
  cancelled: new Happening(opened('cancelled'))
    .planned(2)
    .happens(100, { type: 'cancelled', by: 'bob', reason: 'wrong centre' }).course,
  'not-needed': new Happening(opened('not-needed')).happens(3, { type: 'not-needed', detail: 'shop is b already' })
    .course,
  'dry-run': new Happening(opened('dry-run', { dryRun: true })).planned(2).course,
  blocked: new Happening(opened('blocked')).happens(3, {
    type: 'blocked',
    because: 'storm',
    detail: '7 targets in 10 min',
  }).course,
  running: running().course,
  verifying: done('verifying').measured(408, 'unhealthy', 0.71).measured(413, 'unknown').measured(418, 'healthy', 0.97)
    .course,
  holding: healthy(done('holding', twoSteps({ leaseMs: 1_800_000, leaseMaxMs: 14_400_000 }))).course,
  reverting: unhealthy(done('reverting')).reverted(419, 1).course,
  reverted: unhealthy(done('reverted')).reverted(419, 1).reverted(422, 0).course,
  succeeded: healthy(done('succeeded')).course,
  failed: failed().course,
  held: doubtful('held').course,
  accepted: doubtful('accepted').happens(500, { type: 'accepted', by: 'bob', reason: 'looked at it: all is well' })
    .course,
  big: new Happening(opened('big')).planned(2, manyChanges).course,
  'big-and-closed': new Happening(opened('big-and-closed'))
    .planned(2, manyChanges)
    .happens(100, { type: 'rejected', by: 'bob', reason: 'far too much' }).course,
};
