import type { Choice } from '../core/affinity.js';
import { iso } from './instants.js';

/** The table of scores as JSON, the best first. */
export function choiceView({ at, candidates, ...choice }: Choice) {
  return { ...choice, at: iso(at), candidates };
}

/** The table of scores as JSON. */
export type ChoiceView = ReturnType<typeof choiceView>;
