import type { Pause } from '../core/pause.js';
import { may, mustMay } from './may.js';
import type { Person } from './person.js';
import { EVERYTHING, type Subject } from './role-grant.js';

/**
 * Lets a person pull the brake. That asks for less than letting it go: `pause` on the runbook for any target of it, or on all
 * of the targets for any runbook; so whoever may cancel an execution can always pause its runbook and its target. A plugin and
 * `all` concern everybody, and need it everywhere.
 *
 * @param scope as `isPauseScope` has it
 * @throws FirebreakError `forbidden`
 */
export function mustMayPause(person: Person, scope: string): void {
  mustMay(person, 'pause', named(scope));
}

/**
 * Lets a person let the brake go: whoever has pulled it, or who may `unpause` everything that it holds still.
 *
 * @throws FirebreakError `forbidden`
 */
export function mustMayLift(person: Person, { scope, by }: Pick<Pause, 'scope' | 'by'>): void {
  if (by === person.name && may(person, 'unpause', named(scope))) return;
  mustMay(person, 'unpause', { ...EVERYTHING, ...named(scope) });
}

/** What a scope names; it holds still all that fits, and so more than somebody may be responsible for. */
function named(scope: string): Subject {
  const [kind, ...rest] = scope.split(':');
  const name = rest.join(':');
  if (kind === 'runbook') return { runbook: name };
  // a glob covers another one when it matches it as a text: its stars alone can stand for stars
  return kind === 'target' ? { target: name } : EVERYTHING;
}
