import type { Event } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import type { Trust } from './governance.js';
import type { Turn } from './turn.js';

/** Sees what was saved and what went wrong: metrics, log lines and messages hang here, and nothing depends on them. */
export interface Observer {
  /** A turn begins; without this nobody looks at turns. */
  turn?(): Turn;
  /** An event was saved and made `next` of the execution; it was `before`. With `lowered` it took trust from the runbook. */
  saved(event: Event, before: Execution, next: Execution, lowered?: Pick<Trust, 'to' | 'why'>): void;
  /** Something that a person who reads the log should know. */
  warn(
    message: string,
    about: { readonly executionId?: string; readonly error?: unknown; readonly detail?: string },
  ): void;
}
