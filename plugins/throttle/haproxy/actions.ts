import { haproxyAction } from './action.js';
import type { HaproxyKit } from './kit.js';

/** The throttle at HAProxy, by name. */
export function haproxyActions(kit: HaproxyKit) {
  return { haproxy: haproxyAction(kit) };
}
