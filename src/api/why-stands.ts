import type { Instant } from '../core/alert.js';
import { explain, type OpeningRefusal } from '../core/claim-refusal.js';
import { extendedLease } from '../core/evolve-holding.js';
import { samplesOf } from '../core/evolve-judging.js';
import { hasBegun } from '../core/evolved.js';
import type { Execution, State } from '../core/execution.js';
import { verifyOrder } from '../core/orders.js';
import { asksOf } from '../core/lowered.js';
import { quorum } from '../core/quorum.js';
import { nextOpening, windowRefusal } from '../core/window.js';
import { sayNo, when } from './why-words.js';

type Of<P extends State['phase']> = Extract<State, { phase: P }>;

/**
 * Says why an execution stands where it stands, as the rest of a sentence that begins with its name.
 *
 * @param execution as it stands
 * @param now by the shared clock
 * @param refusal the guard that says no now to what comes next
 */
export function stands(execution: Execution, now: Instant, refusal?: OpeningRefusal): string {
  const { state } = execution;
  switch (state.phase) {
    case 'planning':
      return state.attempt === 0
        ? 'is being planned'
        : `could not be planned ${times(state.attempt)}, and is tried again at ${when(state.notBefore, now)}`;
    case 'awaiting-approval':
      return awaiting(execution, state, now);
    case 'applying':
      return applying(execution, state, now, refusal);
    case 'verifying':
      return verifying(execution, state, now);
    case 'holding':
      return holding(execution, state, now);
    case 'reverting':
      return `is being taken back (${state.cause}: ${state.detail}), step ${nameOf(execution, state.next)}`;
    case 'held':
      return `is held for a person since ${when(state.since, now)}: ${state.cause}`;
    case 'closed': {
      const at = execution.closedAt === undefined ? '' : ` at ${when(execution.closedAt, now)}`;
      return `ended ${state.outcome}${at}: ${state.detail}`;
    }
  }
}

/** Says which people are missing, or that enough agree. */
export function missingPeople({ orders }: Execution, state: Of<'awaiting-approval'>): string | undefined {
  const { required, roles = [] } = orders.approval;
  const votes = state.grants.map((grant) => ({ person: grant.by, roles: grant.roles ?? [] }));
  const reached = quorum({ required, roles }, votes);
  return reached.enough ? undefined : reached.missing;
}

function awaiting(execution: Execution, state: Of<'awaiting-approval'>, now: Instant): string {
  if (state.agreed !== undefined) return 'was agreed to, and the plan is made once more before it begins';
  const missing = missingPeople(execution, state) ?? 'enough people agree';
  const again = state.changed === undefined ? '' : ' again, because the plan has changed,';
  const asks = asksOf(state.plan);
  const because = asks.length === 0 ? '' : `, because the plan asks for a person (${asks.join('; ')}),`;
  return `waits for approval${again}${because} until ${when(state.expiresAt, now)}: ${missing}`;
}

function applying(execution: Execution, state: Of<'applying'>, now: Instant, refusal?: OpeningRefusal): string {
  const step = `step ${nameOf(execution, state.step)}`;
  const { effect } = state;
  switch (effect.is) {
    case 'none':
      return beginning(execution, state, now, refusal);
    case 'intended':
      return `is at work on ${step} since ${when(effect.intent.at, now)}`;
    case 'unfinished':
      return `is at work on ${step}: the target has not finished, and is asked again at ${when(state.notBefore, now)}`;
    case 'in-doubt':
      return `does not know whether ${step} took (${effect.detail}), and asks the target`;
  }
}

/** What keeps the next step from being begun. */
function beginning(execution: Execution, state: Of<'applying'>, now: Instant, refusal?: OpeningRefusal): string {
  const step = `step ${nameOf(execution, state.step)}`;
  const { windows } = execution.orders;
  const closed = windows === undefined || hasBegun(execution) ? undefined : windowRefusal(windows, now);
  if (closed !== undefined && windows !== undefined) {
    const opens = nextOpening(windows, now);
    const next = opens === undefined ? '' : `; the window opens at ${when(opens, now)}`;
    return `waits for its window to begin ${step}: ${closed}${next}`;
  }
  if (refusal !== undefined) return `waits to begin ${step}: ${sayNo(refusal.because, explain(refusal))}`;
  const error = execution.steps[state.step]?.error;
  const failed = error === undefined ? '' : ` after it failed (${error})`;
  if (state.notBefore > now) return `waits to try ${step} again at ${when(state.notBefore, now)}${failed}`;
  return `is about to begin ${step}`;
}

function verifying(execution: Execution, state: Of<'verifying'>, now: Instant): string {
  const { step } = state;
  const samples = samplesOf(execution, step);
  const verify = verifyOrder(execution.orders, step);
  const last = samples.at(-1);
  const said =
    last === undefined
      ? 'nothing was measured yet'
      : `the last of ${samples.length} samples is ${last.status} (${last.detail})`;
  const wanted = verify === undefined ? '' : `, ${verify.limits.healthy} healthy ones in a row are needed`;
  const what = step === undefined ? '' : ` after step ${nameOf(execution, step)}`;
  return `is being verified${what} until ${when(state.deadline, now)}: ${said}${wanted}`;
}

function holding(execution: Execution, state: Of<'holding'>, now: Instant): string {
  const { onResolved, clearForMs } = execution.orders;
  const clear = onResolved === 'revert' && state.clearSince !== undefined ? state.clearSince + clearForMs : undefined;
  const lease = `is in force under its lease until ${when(state.leaseUntil, now)}`;
  if (clear !== undefined && clear < state.leaseUntil)
    return `${lease}, and is taken back at ${when(clear, now)} if the alert stays away`;
  return extendedLease(execution, state.leaseUntil) === undefined
    ? `${lease}, and is then taken back`
    : `${lease}, which is extended while the alert fires`;
}

function nameOf({ steps }: Execution, index: number): string {
  return `${index + 1} of ${steps.length} (${steps[index]?.name ?? '?'})`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
