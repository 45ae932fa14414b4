import type { Execution, Outcome, State, StepRecord } from '../../../src/core/execution.js';

type Check = readonly [holds: boolean, otherwise: string];

/** Lists what is impossible about an execution; empty for every execution that `evolve` may ever make. */
export function legal(execution: Execution): string[] {
  const { state, steps, orders } = execution;
  const checks: Check[] = [
    [steps.length === orders.steps.length, 'there is one record for each ordered step'],
    [(state.phase === 'closed') === (execution.closedAt !== undefined), 'closedAt is there exactly when it is closed'],
    [!touchesNothing(execution) || steps.every(isWaiting), 'a dry run or an observing runbook touches nothing'],
    ...ofPhase(execution, state),
  ];
  return checks.filter(([holds]) => !holds).map(([, otherwise]) => `${state.phase}: not so: ${otherwise}`);
}

function ofPhase(execution: Execution, state: State): Check[] {
  const { steps, orders, epoch } = execution;
  switch (state.phase) {
    case 'planning':
      return [[steps.every(isWaiting), 'no step has begun']];
    case 'awaiting-approval':
      return [
        [steps.every(isWaiting), 'no step has begun'],
        [state.plan.length === steps.length, 'the plan covers every step'],
        [new Set(state.grants.map((grant) => grant.by)).size === state.grants.length, 'each person counts once'],
        [state.grants.every((grant) => grant.digest === state.digest), 'each grant is for this plan'],
        [state.grants.length < orders.approval.required, 'enough grants begin it'],
        [state.grants.every((grant) => grant.by !== execution.requestedBy), 'nobody approves what they asked for'],
      ];
    case 'applying': {
      const current = steps[state.step]?.state;
      const under = state.effect.is === 'none' ? undefined : state.effect.intent;
      return [
        [state.step >= 0 && state.step < state.plan.length, 'the step is one of the plan'],
        [steps.slice(0, state.step).every((step) => step.state === 'applied'), 'the steps before are applied'],
        [steps.slice(state.step + 1).every(isWaiting), 'the steps after are waiting'],
        [under === undefined || current === 'intended', 'a step under way is intended'],
        [under !== undefined || current === 'waiting' || current === 'intended', 'the next step is open'],
        [under === undefined || under.epoch === epoch, 'the intent has the present epoch'],
        [state.attempt <= (orders.steps[state.step]?.attempts ?? 0), 'no more attempts than ordered'],
      ];
    }
    case 'verifying':
      return [
        [orders.verify !== undefined, 'there is something to verify'],
        [steps.every((step) => step.state === 'applied'), 'every step is applied'],
      ];
    case 'holding':
      return [
        [orders.leaseMs !== undefined, 'there is a lease'],
        [steps.every((step) => step.state === 'applied'), 'every step is applied'],
      ];
    case 'reverting': {
      const next = steps[state.next];
      return [
        [
          next !== undefined && next.state !== 'waiting' && next.state !== 'reverted',
          'the next step has something to take back',
        ],
        [state.plan[state.next]?.reversible === true, 'the next step can be taken back'],
        [
          steps.slice(state.next + 1).every((step, i) => isDone(execution, step, state.next + 1 + i)),
          'the steps after are done with',
        ],
        [
          steps.every((step, i) => isReversible(execution, i) || !isInForce(step)),
          'nothing that cannot be taken back is in force',
        ],
        [state.intent === undefined || state.intent.epoch === epoch, 'the intent has the present epoch'],
        [state.intent === undefined || next?.state === 'reverting', 'a step with an intent is reverting'],
      ];
    }
    case 'held':
      return [
        [!steps.every(isWaiting), 'something was begun'],
        [
          state.resume.at !== 'apply' || steps[state.resume.step]?.state === 'intended',
          'what may be settled is intended',
        ],
        [state.resume.at !== 'apply' || state.resume.intent.epoch === epoch, 'the intent has the present epoch'],
        [
          state.resume.at !== 'revert' || steps[state.resume.next]?.state === 'reverting',
          'what may be taken back is reverting',
        ],
      ];
    case 'closed':
      return [
        [!steps.some((step) => step.state === 'intended' || step.state === 'reverting'), 'no step is under way'],
        ...ofOutcome(execution, state.outcome),
      ];
  }
}

function ofOutcome(execution: Execution, outcome: Outcome): Check[] {
  const { steps } = execution;
  switch (outcome) {
    case 'succeeded':
      return [
        [steps.every((step) => step.state === 'applied'), 'every step is applied'],
        [execution.orders.leaseMs === undefined, 'a lease was kept'],
      ];
    case 'accepted':
      return [[!steps.some((step) => step.state === 'applied'), 'what is in force is kept']];
    case 'reverted':
    case 'failed':
    case 'cancelled':
      return [[steps.every((step, i) => isDone(execution, step, i)), 'nothing is left behind']];
    case 'rejected':
    case 'expired':
    case 'not-needed':
    case 'dry-run':
      return [[steps.every(isWaiting), 'nothing was touched']];
  }
}

const touchesNothing = (execution: Execution): boolean => execution.dryRun || execution.mode === 'observe';
const isWaiting = (step: StepRecord): boolean => step.state === 'waiting';
const isInForce = (step: StepRecord): boolean =>
  step.state !== 'waiting' && step.state !== 'reverted' && step.state !== 'failed';

function isReversible({ state }: Execution, index: number): boolean {
  return state.phase === 'planning' || state.plan[index]?.reversible === true;
}

/** Never begun, taken back, or shown by its target not to have taken and impossible to take back. */
function isDone(execution: Execution, step: StepRecord, index: number): boolean {
  return isWaiting(step) || step.state === 'reverted' || (step.state === 'failed' && !isReversible(execution, index));
}
