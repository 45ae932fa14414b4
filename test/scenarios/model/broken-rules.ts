import type { Claim } from '../../../src/core/claim.js';
import { evolve } from '../../../src/core/evolve.js';
import type { Event } from '../../../src/core/event.js';
import type { Execution } from '../../../src/core/execution.js';
import type { Append, ExecutionStore, Receipt, Saved } from '../../../src/engine/execution-store.js';
import type { Governance } from '../../../src/engine/governance.js';
import type { Permit } from '../../../src/engine/permit.js';
import type { Host } from '../../../src/plugin-host/host.js';
import { withMethods } from '../../../src/testing/with-methods.js';
import type { Between } from '../../../src/testing/world.js';

/** Saves something else than the engine wanted to be saved. */
function saving(change: (change: Append, store: ExecutionStore) => Promise<Saved>): Between {
  return { store: (store) => withMethods<ExecutionStore>(store, { append: (one) => change(one, store) }) };
}

/** The same save, of another event. */
function withEvent(change: Append, event: Event): Append {
  const evolved = evolve(change.before.execution, event, change.at);
  return evolved.ok ? { ...change, event, next: evolved.next } : change;
}

/** The same save, that makes something else of the execution. */
const withState = (change: Append, state: Execution['state']): Append => ({
  ...change,
  next: { ...change.next, state },
});

/** Never takes some kinds of claims: not when something is opened, and not when it is begun. */
function without(...kinds: readonly Claim['kind'][]): Between {
  const kept = (claims: readonly Claim[] = []): Claim[] => claims.filter((claim) => !kinds.includes(claim.kind));
  const keptOf = (receipt: Receipt): Receipt => {
    return { ...receipt, openings: receipt.openings.map((one) => ({ ...one, claims: kept(one.claims) })) };
  };
  return {
    store: (store) =>
      withMethods<ExecutionStore>(store, {
        append: (change) => store.append({ ...change, claims: kept(change.claims) }),
        open: (execution, claims) => store.open(execution, kept(claims)),
        receive: (receipts) => store.receive(receipts.map(keptOf)),
      }),
  };
}

/** Takes whatever plan is made again for the one that was agreed to. */
export const approvalForAnyPlan = saving((change, store) => {
  const { event, before } = change;
  const { state } = before.execution;
  if (event.type !== 'planned' || state.phase !== 'awaiting-approval') return store.append(change);
  return store.append(withEvent(change, { ...event, digest: state.digest }));
});

/** When it asks again, takes those for agreed who agreed before. */
export const grantsUsedAgain = saving(async (change, store) => {
  const saved = await store.append(change);
  const was = change.before.execution.state;
  const { state } = change.next;
  if (was.phase !== 'awaiting-approval' || state.phase !== 'awaiting-approval' || was.digest === state.digest)
    return saved;
  for (const { by, roles = [] } of was.grants) {
    const before = await store.get(change.next.id);
    const event: Event = { type: 'approved', by, digest: state.digest, roles };
    const evolved = before && evolve(before.execution, event, change.at);
    if (before !== undefined && evolved?.ok === true)
      await store.append({ before, event, next: evolved.next, at: change.at });
  }
  return saved;
});

/** Begins by itself with a plan that asks for a person. */
export const asksUnheard = saving((change, store) => {
  const { event, before, at } = change;
  if (event.type !== 'planned' || before.execution.mode !== 'auto') return store.append(change);
  const plan = event.plan.map(({ asks: _unheard, ...step }) => step);
  const evolved = evolve(before.execution, { ...event, plan }, at);
  return store.append(evolved.ok ? { ...change, next: evolved.next } : change);
});

/** Takes whatever a probe says after a step for good news. */
export const stagesUnjudged = saving((change, store) => {
  const { event } = change;
  if (event.type !== 'sampled' || event.step === undefined) return store.append(change);
  const { at } = event.sample;
  return store.append(withEvent(change, { ...event, sample: { at, status: 'healthy', detail: 'well' } }));
});

/** Makes each plan once, and gives the same one whenever it is made again. */
export const planMadeOnce: Between = {
  host: (host) => {
    const made = new Map<string, ReturnType<Host['plan']>>();
    return withMethods<Host>(host, {
      plan: (execution, order) => {
        const name = `${execution.id}/${order.name}`;
        const plan = made.get(name) ?? host.plan(execution, order, []);
        made.set(name, plan);
        return plan;
      },
    });
  },
};

/** Takes everybody who agrees for a holder of every role. */
export const rolesIgnored = saving((change, store) => {
  const { event, before } = change;
  if (event.type !== 'approved') return store.append(change);
  const { roles = [] } = before.execution.orders.approval;
  return store.append(withEvent(change, { ...event, roles }));
});

/** Lets what was agreed to begin an hour after the end of the question. */
export const agreementNeverEnds = saving((change, store) => {
  const { state } = change.next;
  if (change.event.type !== 'planned' || state.phase !== 'applying') return store.append(change);
  return store.append(withState(change, { ...state, startBy: (state.startBy ?? 0) + 3_600_000 }));
});

/** Extends a lease as often as it ends while the alert fires. */
export const leaseForEver = saving((change, store) => {
  const { event, before, at, next } = change;
  const { state, orders } = before.execution;
  if (event.type !== 'lease-ended' || state.phase !== 'holding') return store.append(change);
  const longer = { ...state, leaseUntil: at + (orders.leaseMs ?? 0) };
  return store.append({
    ...change,
    event: { type: 'lease-extended' },
    next: { ...next, steps: before.execution.steps, state: longer },
  });
});

/** Takes a precondition that cannot be asked, or says nothing, for one that holds. */
export const silenceIsWell: Between = {
  host: (host) =>
    withMethods<Host>(host, {
      measure: async (execution, order) => {
        const sample = await host.measure(execution, order);
        return sample.status === 'unhealthy' ? sample : { ...sample, status: 'healthy' };
      },
    }),
};

/** Takes budgets when an execution is opened, and never again. */
export const budgetsAtOpeningOnly: Between = {
  store: (store) =>
    withMethods<ExecutionStore>(store, {
      append: ({ claims = [], ...change }) =>
        store.append({ ...change, claims: claims.filter((claim) => claim.kind !== 'budget') }),
    }),
};

/** Counts nothing: every limit on how much is changed is off. */
export const noBudgets = without('budget');
/** Leaves a target no time between two executions. */
export const noCooldown = without('interval');
/** Lets several executions have the same target at once. */
export const sharedTargets = without('exclusive');
/** Never asks whether a runbook is still trusted, neither when it plans nor when it begins. */
export const trustNeverAsked: Between = {
  store: (store) => {
    const blind = without('trusted').store?.(store) ?? store;
    const governance = withMethods<Governance>(store.governance, { standing: async () => ({ fixes: [] }) });
    return withMethods<ExecutionStore>(blind, { governance });
  },
};
/** Answers one incident as often as it is asked to. */
export const answeredAgain = without('episode', 'exclusive');

/** Asks nobody whether anything is paused. */
export const pausesIgnored: Between = {
  store: (store) => {
    const blind = without('unpaused').store?.(store) ?? store;
    return withMethods<ExecutionStore>(blind, { look: async () => undefined, pauses: async () => [] });
  },
};

/** Lets whoever acts write whenever it comes to it, however late. */
export const noFence: Between = {
  host: (host) =>
    withMethods<Host>(host, {
      apply: (execution, step, intent) => host.apply(execution, step, intent, async () => ({ open: true })),
      revert: (execution, step, intent) => host.revert(execution, step, intent, async () => ({ open: true })),
    }),
  permit: (permit) => withMethods<Permit>(permit, { refusal: () => undefined }),
};

/** Forgets that an alert is over: it takes the end for another firing. */
export const resolvesForgotten = saving((change, store) => {
  const { event } = change;
  if (event.type !== 'alert-resolved') return store.append(change);
  return store.append(withEvent(change, { type: 'alert-refired', startsAt: event.endsAt }));
});
