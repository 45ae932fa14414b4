import { envoyFileAction } from './action.js';
import type { EnvoyFileKit } from './kit.js';

/** The actions on files that Envoy watches, by name. */
export function envoyFileActions(kit: EnvoyFileKit) {
  return { 'envoy-file': envoyFileAction(kit) };
}
