import type { AccessSettings } from './access.js';
import { listOf } from './tokens.js';

/** Gives the secrets that stand in `access` of firebreak.yaml, so that the log can mask them. */
export function accessSecrets({
  oidc,
  signatures,
  slack,
  local = [],
}: Pick<AccessSettings, 'oidc' | 'signatures'> & Partial<Pick<AccessSettings, 'slack' | 'local'>>): string[] {
  return [
    ...(oidc === undefined ? [] : [oidc.clientSecret]),
    ...signatures.flatMap(({ secret }) => listOf(secret)),
    ...(slack === undefined ? [] : [slack.signingSecret]),
    ...local.map(({ password }) => password),
  ];
}
