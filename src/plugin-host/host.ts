import type { Execution, Intent } from '../core/execution.js';
import type { Origin } from '../core/origin.js';
import type { ProbeOrder, StepOrder } from '../core/orders.js';
import type { Sample } from '../core/runbook.js';
import type { Change, StepPlan } from '../core/step-plan.js';
import type { Idempotency } from '../plugin-sdk/action.js';
import type { CheckAnswer, Lifting, Measurement, Message, Progress, VerifyAnswer } from '../plugin-sdk/call.js';
import type { CallResult } from './call-result.js';

/** Whether whoever acts still may: somebody else may have taken over, or the kill switch was pulled. */
export type FenceAnswer =
  | { readonly open: true }
  | { readonly open: false; readonly because: 'overtaken' | 'withheld'; readonly detail: string };

/** Says whether whoever acts still may: it is asked right before each write. */
export type Fence = () => Promise<FenceAnswer>;

/** One answer of a probe that is asked for no execution, with the further numbers that it may give. */
export type Reading = Sample & Pick<Measurement, 'values'>;

/** What the engine needs of the plugins: one call, one answer, never an exception. */
export interface Host {
  /** Asks whether there is anything to do; changes nothing. */
  check(execution: Execution, order: StepOrder, earlier: readonly Change[]): Promise<CallResult<CheckAnswer>>;
  /** Asks what would change once earlier steps are done; changes nothing. */
  plan(execution: Execution, order: StepOrder, earlier: readonly Change[]): Promise<CallResult<StepPlan>>;
  apply(execution: Execution, step: number, intent: Intent, fence: Fence): Promise<CallResult<Progress>>;
  verify(execution: Execution, step: number): Promise<CallResult<VerifyAnswer>>;
  /** Takes a change back; with `lifting` in stages, if the action knows any. */
  revert(
    execution: Execution,
    step: number,
    intent: Intent,
    fence: Fence,
    lifting?: Lifting,
  ): Promise<CallResult<Progress>>;
  /** Measures once; whatever goes wrong is an `error` sample. */
  measure(execution: Execution, order: ProbeOrder): Promise<Sample>;
  /** How an action bears being repeated; `none` for one that is not known any more. */
  idempotency(uses: string): Idempotency;
  /** Tells people; `origin` is that of the execution that the message is about. */
  send(notifier: string, message: Message, origin?: Origin): Promise<CallResult<void>>;
}
