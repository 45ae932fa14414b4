import { httpAction } from './action.js';
import type { HttpKit } from './kit.js';

/** The actions on feature services with an HTTP interface, by name. */
export function httpActions(kit: HttpKit) {
  return { http: httpAction(kit) };
}
