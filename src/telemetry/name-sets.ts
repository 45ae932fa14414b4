import { capped, type LabelSet } from './label-set.js';

/** How many things one metric names, unless the settings say otherwise. */
export const MOST_NAMED = 100;
/** More than there are addresses. */
const MOST_ROUTES = 300;
/** More cannot be configured. */
const MOST_PROBES = 20;

/** Labels whose values somebody else has chosen; the same runbook counts once, however many metrics name it. */
export type NameSets = {
  readonly [name in 'runbook' | 'route' | 'plugin' | 'part' | 'token' | 'notifier' | 'probe']: LabelSet;
};

/**
 * Makes the sets of names, empty.
 *
 * @param most so many of each at most, but for those that are few by themselves
 */
export function nameSets(most: number): NameSets {
  return {
    runbook: capped(most),
    route: capped(MOST_ROUTES),
    plugin: capped(most),
    part: capped(most),
    token: capped(most),
    notifier: capped(most),
    probe: capped(MOST_PROBES),
  };
}
