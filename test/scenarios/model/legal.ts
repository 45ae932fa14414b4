import { planOf, type Execution, type Outcome, type State, type StepRecord } from '../../../src/core/execution.js';
import { verifyOrder } from '../../../src/core/orders.js';
import { goesLessFar } from '../../../src/core/lowered.js';
import { planDigest } from '../../../src/core/plan-digest.js';
import { quorum } from '../../../src/core/quorum.js';

/** Something that must hold, and how it is said when it does not. */
export type Check = readonly [holds: boolean, otherwise: string];

/** Lists what is impossible about an execution; empty for every execution that `evolve` may ever make. */
export function legal(execution: Execution): string[] {
  const { state, steps, orders, mode, lowered } = execution;
  const checks: Check[] = [
    [steps.length === orders.steps.length, 'there is one record for each ordered step'],
    [(state.phase === 'closed') === (execution.closedAt !== undefined), 'closedAt is there exactly when it is closed'],
    [!touchesNothing(execution) || steps.every(isWaiting), 'a dry run or an observing runbook touches nothing'],
    [mayWait(execution), 'what has not begun ends with its alert'],
    [execution.verdict !== 'pending', 'a verdict that stands is none that is open'],
    [lowered === undefined || lowered.to === mode, 'it goes as far as it was lowered to'],
    [
      mode !== 'auto' || planOf(execution).every((step) => step.asks === undefined),
      'I8: what asks for a person has one',
    ],
    [lowered === undefined || goesLessFar(lowered.to, lowered.from), 'it was lowered, not raised'],
    ...ofEscalation(execution),
    ...ofPhase(execution, state),
  ];
  return wrongOf(checks).map((otherwise) => `${state.phase}: not so: ${otherwise}`);
}

/** Gives what does not hold. */
export function wrongOf(checks: readonly Check[]): string[] {
  return checks.filter(([holds]) => !holds).map(([, otherwise]) => otherwise);
}

function ofEscalation({ state, escalation, orders, alert, resolvedAt, dryRun, mode }: Execution): Check[] {
  if (escalation === undefined) return [];
  return [
    [state.phase === 'closed', 'the next runbook comes after the end'],
    [orders.escalate === escalation.runbook, 'the next runbook is the one that the orders name'],
    [alert !== undefined && resolvedAt === undefined, 'an alert still fires'],
    [!dryRun && mode !== 'observe', 'what only looked hands on nothing'],
  ];
}

function ofPhase(execution: Execution, state: State): Check[] {
  const { steps, orders } = execution;
  switch (state.phase) {
    case 'planning':
      return [[steps.every(isWaiting), 'no step has begun']];
    case 'awaiting-approval':
      return ofQuestion(execution, state);
    case 'applying':
      return ofApplying(execution, state);
    case 'verifying':
      return ofVerifying(execution, state);
    case 'holding': {
      const { leaseMs = 0, leaseMaxMs = 0 } = orders;
      const { since = NaN, leaseUntil } = state;
      return [
        [orders.leaseMs !== undefined, 'there is a lease'],
        [steps.every((step) => step.state === 'applied'), 'every step is applied'],
        [leaseUntil - since <= Math.max(leaseMs, leaseMaxMs), 'I11: the lease is no longer than its maximum'],
        [leaseUntil - since === leaseMs || execution.alert !== undefined, 'I11: only a firing alert extends a lease'],
      ];
    }
    case 'reverting':
      return ofReverting(execution, state);
    case 'held':
      return ofHeld(execution, state);
    case 'closed':
      return [
        [!steps.some((step) => step.state === 'intended' || step.state === 'reverting'), 'no step is under way'],
        ...ofOutcome(execution, state.outcome),
      ];
  }
}

function ofQuestion(execution: Execution, state: Extract<State, { phase: 'awaiting-approval' }>): Check[] {
  const { steps, orders, mode, target } = execution;
  const { grants, plan, digest, expiresAt, agreed, changed } = state;
  const { required, roles = [] } = orders.approval;
  const votes = grants.map(({ by, roles: held = [] }) => ({ person: by, roles: held }));
  return [
    [mode === 'approve', 'only mode approve asks'],
    [steps.every(isWaiting), 'no step has begun'],
    [plan.length === steps.length, 'the plan covers every step'],
    [digest === planDigest(target, orders.steps, plan), 'I8: the digest is that of the plan'],
    [new Set(grants.map((grant) => grant.by)).size === grants.length, 'I8: each person counts once'],
    [grants.every((grant) => grant.digest === digest), 'I8: each grant is for this plan'],
    [grants.every((grant) => grant.at < expiresAt), 'I8: each grant came in time'],
    [grants.every((grant) => grant.by !== execution.requestedBy), 'I8: nobody approves what they asked for'],
    [
      (agreed !== undefined) === quorum({ required, roles }, votes).enough,
      'I8: it is agreed to exactly when enough agree',
    ],
    [changed === undefined || changed.length > 0, 'it says what changed, or nothing'],
  ];
}

function ofApplying({ steps, orders, epoch, mode }: Execution, state: Extract<State, { phase: 'applying' }>): Check[] {
  const { effect, step, startBy, plannedAt } = state;
  const current = steps[step]?.state;
  const before = steps
    .slice(0, step)
    .map((one, i) => orders.steps[i]?.verify === undefined || one.verification?.verdict === 'healthy');
  const under = effect.is === 'none' ? undefined : effect.intent;
  const waits = effect.is === 'none' || effect.is === 'unfinished';
  return [
    [mode !== 'observe', 'who observes applies nothing'],
    [step >= 0 && step < state.plan.length, 'the step is one of the plan'],
    [steps.slice(0, step).every((one) => one.state === 'applied'), 'the steps before are applied'],
    [before.every(Boolean), 'the steps before are healthy, if they are to prove it'],
    [steps.slice(step + 1).every(isWaiting), 'the steps after are waiting'],
    [under === undefined || current === 'intended', 'a step under way is intended'],
    [under !== undefined || current === 'waiting' || current === 'intended', 'the next step is open'],
    [under === undefined || under.epoch === epoch, 'the intent has the present epoch'],
    [state.attempt <= (orders.steps[step]?.attempts ?? 0), 'no more attempts than ordered'],
    [!waits || startBy !== undefined, 'what waits does not wait for ever'],
    [effect.is !== 'intended' || effect.intent.at < (startBy ?? 0), 'I8: what was announced was announced in time'],
    [!steps.every(isWaiting) || plannedAt !== undefined, 'the age of a plan that waits is known'],
  ];
}

function ofVerifying({ steps, orders, mode }: Execution, { step }: Extract<State, { phase: 'verifying' }>): Check[] {
  const last = step ?? steps.length - 1;
  const judged = step === undefined ? undefined : steps[step]?.verification;
  return [
    [verifyOrder(orders, step) !== undefined, 'there is something to verify'],
    [mode !== 'observe' || (step === undefined && steps.every(isWaiting)), 'who observes judges no step'],
    [
      mode === 'observe' || steps.slice(0, last + 1).every((one) => one.state === 'applied'),
      'the steps so far are applied',
    ],
    [steps.slice(last + 1).every(isWaiting), 'the steps after are waiting'],
    [judged?.verdict === undefined, 'a step that is judged has no verdict yet'],
  ];
}

function ofReverting(execution: Execution, state: Extract<State, { phase: 'reverting' }>): Check[] {
  const { steps, epoch } = execution;
  const { intent, since } = state;
  const next = steps[state.next];
  const after = steps.slice(state.next + 1);
  return [
    [
      next !== undefined && next.state !== 'waiting' && next.state !== 'reverted',
      'the next step has something to take back',
    ],
    [state.plan[state.next]?.reversible === true, 'the next step can be taken back'],
    [after.every((step, i) => isDone(execution, step, state.next + 1 + i)), 'the steps after are done with'],
    [
      steps.every((step, i) => isReversible(execution, i) || !isInForce(step)),
      'nothing that cannot be taken back is in force',
    ],
    [intent === undefined || intent.epoch === epoch, 'the intent has the present epoch'],
    [intent === undefined || next?.state === 'reverting', 'a step with an intent is reverting'],
    [intent === undefined || since !== undefined, 'it is known since when a step is taken back'],
  ];
}

function ofHeld({ steps, epoch, mode }: Execution, { resume }: Extract<State, { phase: 'held' }>): Check[] {
  const common: Check[] = [
    [!steps.every(isWaiting), 'something was begun'],
    [mode !== 'observe', 'who observes holds nothing'],
  ];
  switch (resume.at) {
    case 'apply':
      return [
        ...common,
        [steps[resume.step]?.state === 'intended', 'what may be settled is intended'],
        [resume.intent.epoch === epoch, 'the intent has the present epoch'],
      ];
    case 'step': {
      const current = steps[resume.step]?.state;
      return [
        ...common,
        [current === 'waiting' || current === 'intended', 'what may be begun is open'],
        [steps.slice(0, resume.step).every((step) => step.state === 'applied'), 'the steps before are applied'],
        [steps.slice(resume.step + 1).every(isWaiting), 'the steps after are waiting'],
      ];
    }
    case 'verify': {
      const { step } = resume;
      return step === undefined
        ? common
        : [...common, [steps.slice(step + 1).every(isWaiting), 'what comes after a step waits']];
    }
    case 'revert':
      return [...common, [steps[resume.next]?.state === 'reverting', 'what may be taken back is reverting']];
  }
}

function ofOutcome(execution: Execution, outcome: Outcome): Check[] {
  const { steps } = execution;
  switch (outcome) {
    case 'succeeded':
      return [
        [steps.every((step) => step.state === 'applied'), 'every step is applied'],
        [execution.orders.leaseMs === undefined, 'a lease was kept'],
        [
          steps.every(
            ({ verification }, i) =>
              execution.orders.steps[i]?.verify === undefined || verification?.verdict === 'healthy',
          ),
          'every step is healthy that is to prove it',
        ],
      ];
    case 'accepted':
      return [[!steps.some((step) => step.state === 'applied'), 'what is in force is kept']];
    case 'reverted':
      return [
        [steps.every((step, i) => isDone(execution, step, i)), 'nothing is left behind'],
        [!steps.every(isWaiting), 'something was taken back'],
      ];
    case 'failed':
    case 'cancelled':
      return [[steps.every((step, i) => isDone(execution, step, i)), 'nothing is left behind']];
    case 'rejected':
    case 'expired':
    case 'not-needed':
    case 'dry-run':
    case 'blocked':
      return [[steps.every(isWaiting), 'nothing was touched']];
  }
}

const mayWait = ({ state, steps, resolvedAt }: Execution): boolean =>
  resolvedAt === undefined || state.phase === 'closed' || !steps.every(isWaiting);
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
