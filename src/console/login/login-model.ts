import type { AccessSettings } from '../../config/access.js';

/** What the login page shows. */
export interface LoginModel {
  readonly oidc: { readonly href: string; readonly title: string } | null;
  readonly local: boolean;
  /** Whether there is any way at all for people to log in here. */
  readonly possible: boolean;
  /** People that come from there are logged in already. */
  readonly elsewhere: readonly string[];
  readonly next: string;
  /** What went wrong, in words. */
  readonly problem: string;
  readonly name: string;
}

/**
 * Gathers what the login page shows.
 *
 * @param next where one wants to be afterwards; an address of our own
 */
export function loginModel(
  { oidc, local, grafana, proxy }: AccessSettings,
  next: string,
  { problem = '', name = '' }: { problem?: string; name?: string } = {},
): LoginModel {
  const href = `/login/oidc?next=${encodeURIComponent(next)}`;
  return {
    oidc: oidc === undefined ? null : { href, title: oidc.title },
    local: local.length > 0,
    possible: oidc !== undefined || local.length > 0,
    elsewhere: [
      ...(grafana === undefined ? [] : [`through Grafana: log in there first, at ${grafana.origin ?? grafana.url}`]),
      ...(proxy?.user === undefined && proxy?.email === undefined ? [] : ['through the proxy in front of Firebreak']),
    ],
    next,
    problem,
    name,
  };
}
