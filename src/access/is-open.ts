import type { AccessSettings } from '../config/access.js';
import type { Token } from '../config/tokens.js';

/** Tells whether no credential at all is configured: then everybody who reaches the service is the local person. */
export function isOpen({
  tokens,
  access,
}: {
  readonly tokens: readonly Token[];
  readonly access: AccessSettings;
}): boolean {
  const { oidc, grafana, proxy, jwt, local, signatures, slack } = access;
  return (
    [tokens, local, signatures].every((list) => list.length === 0) &&
    [oidc, grafana, proxy, jwt, slack].every((one) => one === undefined)
  );
}
