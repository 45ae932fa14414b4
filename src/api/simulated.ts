import type { OpeningRefusal } from '../core/claim-refusal.js';
import type { Suppression } from '../core/claim.js';
import { sayDuration } from '../core/duration.js';
import type { Event } from '../core/event.js';
import type { Execution, Lowered } from '../core/execution.js';
import type { Miss } from '../core/explain-match.js';
import type { Fate } from '../core/fate.js';
import type { Mode } from '../core/runbook.js';
import type { ChoiceView } from './choice-view.js';
import { stepPlanView } from './plan-view.js';

/** What would become of one alert. */
export interface SimulatedAlert {
  readonly fingerprint: string;
  readonly alertname: string;
  readonly status: string;
  /** Over all runbooks. */
  readonly fate: Fate;
  readonly decisions: readonly Simulated[];
  /** Runbooks that do not match, the nearest first, each with the matchers that fail. */
  readonly misses: readonly Miss[];
}

/** What would happen with one alert for one runbook. */
export interface Simulated {
  readonly runbook?: string;
  readonly would: 'open' | 'suppress' | 'close' | 'note';
  readonly because?: Suppression;
  readonly detail?: string;
  /** What the detail says, as numbers, where a guard with shared state says no. */
  readonly refusal?: OpeningRefusal;
  readonly toDo?: string;
  /** Made up, so that later alerts of the payload can name it; a real one where something is open already. */
  readonly executionId?: string;
  readonly target?: string;
  /** How far it would go. */
  readonly mode?: Mode;
  /** Why that is less than the runbook says. */
  readonly lowered?: Lowered;
  /** How the centre that takes over was chosen. */
  readonly choice?: ChoiceView;
  readonly plan?: PlannedView;
  /** What would come next. */
  readonly next?: string;
}

/** What planning came to: what would change, or why nothing would. */
export type PlannedView =
  | { readonly steps: readonly ReturnType<typeof stepPlanView>[]; readonly digest: string }
  | { readonly notNeeded: string }
  | { readonly blocked: string }
  | { readonly failed: string }
  | { readonly skipped: string };

/** Shows what planning came to. */
export function plannedView(event: Event): PlannedView {
  if (event.type === 'planned') return { steps: event.plan.map(stepPlanView), digest: event.digest };
  if (event.type === 'not-needed') return { notNeeded: event.detail };
  if (event.type === 'blocked') return { blocked: `${event.because}: ${event.detail}` };
  return { failed: 'detail' in event ? event.detail : event.type };
}

/** Says what would come after the opening. */
export function whatNext({ mode, orders }: Execution, event: Event | undefined): string {
  if (event?.type === 'not-needed') return 'it would end at once, because nothing is to be done';
  if (event?.type === 'blocked') return 'it would end at once, because a precondition does not hold';
  if (event?.type === 'plan-failed')
    return event.again
      ? 'the plan would be tried again, and then it would end'
      : 'it would end at once, without a plan';
  const { approval, leaseMs, verify } = orders;
  const stages =
    mode === 'observe' ? [] : orders.steps.flatMap((step) => (step.verify === undefined ? [] : [step.name]));
  const staged = stages.length === 0 ? '' : `, and be verified after ${stages.join(', ')} before it goes on`;
  const judged = `${staged}${verify === undefined ? '' : `, and be judged by ${verify.probe}`}`;
  const lease = leaseMs === undefined ? '' : `, and be taken back after ${sayDuration(leaseMs)} at the latest`;
  switch (mode) {
    case 'observe':
      return `it would change nothing${judged}`;
    case 'approve': {
      const { required, roles = [], withinMs } = approval;
      const people = `${Math.max(required, roles.length)} ${roles.length === 0 ? '' : `(${roles.join(', ')}) `}`;
      return `it would wait up to ${sayDuration(withinMs)} for ${people}to approve, and then begin${judged}${lease}`;
    }
    case 'auto':
      return `it would begin by itself${judged}${lease}`;
  }
}
