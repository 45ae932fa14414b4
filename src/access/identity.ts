import type { RoleGrant } from './role-grant.js';

/** By what somebody showed who they are. */
export type Via = 'nothing' | 'token' | 'certificate' | 'signature' | 'session' | 'grafana' | 'proxy' | 'jwt' | 'slack';

/** Who somebody is according to whoever vouches for it: a token, an identity provider, Grafana, a proxy. */
export interface Identity {
  /** `<kind>:<name>`, such as `token:ci`, `oidc:<subject>`, `grafana:ada`; the same for the same account for ever. */
  readonly account: string;
  /** What to call the person as long as nobody says otherwise. */
  readonly name: string;
  /** Lower case; only if whoever vouches for it has checked it. */
  readonly email?: string;
  readonly groups: readonly string[];
  /** Roles that whoever vouches gives. */
  readonly grants: readonly RoleGrant[];
}

/** Kinds of accounts that get their names from firebreak.yaml, and not from whoever uses them. */
const CONFIGURED = /^(?:token|local|certificate|signature):/;

/** Tells whether an account has its name from firebreak.yaml. */
export function isConfigured(account: string): boolean {
  return CONFIGURED.test(account);
}
