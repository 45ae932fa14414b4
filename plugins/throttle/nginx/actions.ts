import { nginxAction } from './action.js';
import type { NginxKit } from './kit.js';

/** The throttle at nginx, by name. */
export function nginxActions(kit: NginxKit) {
  return { nginx: nginxAction(kit) };
}
