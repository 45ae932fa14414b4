import { envoyFileAction } from './action.js';
import type { EnvoyFileKit } from './kit.js';

/** The throttle in Envoy's files, by name. */
export function envoyFileActions(kit: EnvoyFileKit) {
  return { 'envoy-file': envoyFileAction(kit) };
}
