import type { Event } from './event.js';
import type { Execution } from './execution.js';

/**
 * Tells whether people may have to hear of an event: the store notes it then in the step that saves it. What is said, and
 * whether anything is, is decided later (src/notify/execution-news.ts).
 */
export function newsworthy(event: Event, before: Execution, next: Execution): boolean {
  if (event.type === 'escalated' || event.type === 'escalation-refused') return true;
  const { phase } = next.state;
  if (event.type === 'planned')
    return phase === 'awaiting-approval' || phase === 'closed' || event.lowered !== undefined;
  return before.state.phase !== phase && (phase === 'awaiting-approval' || phase === 'held' || phase === 'closed');
}
