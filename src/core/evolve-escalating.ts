import { wrongPhase, type Evolved } from './evolved.js';
import type { Event } from './event.js';
import type { Execution } from './execution.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** The next runbook was opened for the same alert. */
export function escalated(execution: Execution, event: Of<'escalated'>): Evolved {
  const { escalation } = execution;
  if (escalation?.is !== 'due') return wrongPhase(execution, 'an escalation');
  const opened = { is: 'opened', runbook: escalation.runbook, executionId: event.executionId } as const;
  return { ok: true, next: { ...execution, escalation: opened } };
}

/** The next runbook could not be opened: one of its own guards says no. */
export function refused(execution: Execution, event: Of<'escalation-refused'>): Evolved {
  const { escalation } = execution;
  if (escalation?.is !== 'due') return wrongPhase(execution, 'an escalation');
  const refusal = { is: 'refused', runbook: escalation.runbook, detail: event.detail } as const;
  return { ok: true, next: { ...execution, escalation: refusal } };
}
