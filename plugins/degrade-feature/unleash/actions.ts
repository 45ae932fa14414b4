import { unleashAction } from './action.js';
import type { UnleashKit } from './kit.js';

/** The actions on Unleash, by name. */
export function unleashActions(kit: UnleashKit) {
  return { unleash: unleashAction(kit) };
}
