import type { Event } from '../core/event.js';
import type { Execution, Outcome } from '../core/execution.js';
import type { Log } from './logger.js';
import { traceIdOf } from './trace-ids.js';

/** One line of the log: how urgent, the facts, and a sentence. */
export interface LogLine {
  readonly level: Exclude<keyof Log, 'debug'>;
  readonly fields: { readonly [name: string]: unknown };
  readonly message: string;
}

type Said = Pick<LogLine, 'level' | 'message'> & { readonly fields?: LogLine['fields'] };

/** What failed although it is tried again, or somebody else goes on with it. */
const FAILURES: ReadonlySet<Event['type']> = new Set([
  'plan-failed',
  'apply-doubtful',
  'apply-refuted',
  'revert-failed',
]);

/** Ends in which the alert was not helped; what a person has decided, or a runbook may do, is none. */
const UNHELPFUL: ReadonlySet<Outcome> = new Set(['failed', 'blocked', 'expired']);

/** Writes what a person on call wants to read of an event. */
export function lineOf(event: Event, before: Execution, next: Execution): LogLine {
  const { id, runbook, target, state, origin } = next;
  const trace = traceIdOf(origin);
  const about = { executionId: id, runbook, target, event: event.type, phase: state.phase };
  // of its own trace, also when the request of somebody else has moved it on
  const common = trace === undefined ? about : { ...about, trace_id: trace };
  const { level, message, fields } = said(event, before, next);
  return { level, message, fields: { ...common, ...factsOf(event, next), ...fields } };
}

function said(event: Event, before: Execution, next: Execution): Said {
  const { state, escalation } = next;
  const isNew = before.state.phase !== state.phase;
  const text = isNew ? `${event.type}: now ${state.phase}` : event.type;
  if (state.phase === 'held' && isNew) {
    const message = 'held: a person must decide (retry, revert or accept)';
    return { level: 'error', message, fields: { cause: state.cause } };
  }
  if (state.phase === 'closed' && isNew) {
    const { outcome, detail } = state;
    return {
      level: UNHELPFUL.has(outcome) ? 'warn' : 'info',
      message: `closed: ${outcome}`,
      fields: { outcome, detail },
    };
  }
  if (event.type === 'escalated')
    return {
      level: 'info',
      message: `did not help: ${escalation?.runbook} was opened`,
      fields: { opened: event.executionId },
    };
  if (event.type === 'escalation-refused')
    return {
      level: 'warn',
      message: `did not help, and ${escalation?.runbook} could not be opened: nothing more is done by itself`,
    };
  const asked = before.lowered === undefined ? next.lowered : undefined;
  const lowered = 'lowered' in event ? event.lowered : asked;
  if (lowered !== undefined) {
    const { from, to, why, detail } = lowered;
    // a plan that asks for a person says nothing about its runbook
    const level = why === 'asks' ? 'info' : 'warn';
    return { level, message: `${text}, lowered from ${from} to ${to}`, fields: { why, detail } };
  }
  if (event.type === 'planned' && state.phase === 'awaiting-approval' && state.changed !== undefined)
    return { level: 'info', message: `${text}: asked again, the plan has changed`, fields: { changed: state.changed } };
  return { level: FAILURES.has(event.type) ? 'warn' : 'info', message: text };
}

function factsOf(event: Event, { steps }: Execution): LogLine['fields'] {
  if ('by' in event) return { by: event.by };
  const where = 'step' in event && event.step !== undefined ? { step: steps[event.step]?.name } : {};
  if ('detail' in event) return { ...where, detail: event.detail };
  return event.type === 'sampled' ? { ...where, sample: event.sample } : where;
}
