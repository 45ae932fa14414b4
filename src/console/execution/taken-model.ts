import { may } from '../../access/may.js';
import type { Person } from '../../access/person.js';
import type { Instant } from '../../core/alert.js';
import type { Execution } from '../../core/execution.js';
import type { Taken } from '../../engine/outbox.js';
import { mayNot } from './commands-model.js';

/** Who looks after an execution, for the page. */
export interface TakenModel {
  readonly by: string;
  readonly since: Instant;
  /** Nobody is reminded before. */
  readonly until: Instant;
  readonly reason: string;
}

/** How somebody takes a held execution, for the page. */
export interface TakeModel {
  readonly title: string;
  readonly does: string;
  readonly action: string;
  /** Why this person may not, or nothing. */
  readonly no: string;
}

/** Says who looks after an execution; nobody does once it is closed. */
export function takenModel({ state }: Execution, taken: Taken | undefined): TakenModel | null {
  if (taken === undefined || state.phase === 'closed') return null;
  const { by, at, until, reason = '' } = taken;
  return { by, since: at, until, reason };
}

/** Makes the form with which somebody takes an execution; only held ones have one, because of them people are reminded. */
export function takeModel(execution: Execution, taken: Taken | undefined, person: Person): TakeModel | null {
  if (execution.state.phase !== 'held') return null;
  const isAgain = taken?.by === person.name;
  const instead = taken === undefined || isAgain ? '' : ` in place of ${taken.by}`;
  return {
    title: isAgain ? 'I take it for longer' : 'I take it',
    does: `You look after it${instead}, and for a while nobody is reminded of it. Nothing else changes.`,
    action: `/executions/${encodeURIComponent(execution.id)}/take`,
    no: may(person, 'cancel', execution) ? '' : mayNot('cancel', execution),
  };
}
