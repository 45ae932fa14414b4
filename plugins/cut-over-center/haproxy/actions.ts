import { haproxyAction } from './action.js';
import type { HaproxyKit } from './kit.js';

/** The actions on HAProxy, by name. */
export function haproxyActions(kit: HaproxyKit) {
  return { haproxy: haproxyAction(kit) };
}
