import type { AccessSettings } from './access.js';
import { listOf } from './tokens.js';

/** Gives the secrets that stand in `access` of firebreak.yaml, so that the log can mask them. */
export function accessSecrets({ oidc, signatures }: Pick<AccessSettings, 'oidc' | 'signatures'>): string[] {
  return [...(oidc === undefined ? [] : [oidc.clientSecret]), ...signatures.flatMap(({ secret }) => listOf(secret))];
}
