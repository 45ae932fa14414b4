import type { AccessSettings } from '../config/access.js';
import type { Identity } from './identity.js';
import { LOCAL_ACCOUNT, localIdentity, localVoucher } from './local/local-login.js';
import { oidcVoucher } from './oidc/oidc-provider.js';
import type { Session } from './sessions/sessions.js';

/**
 * Gives the identity of a session as firebreak.yaml has it today, or undefined when whoever vouched for it at the login is
 * asked no more: another identity provider's subject of the same name would be another person.
 */
export function vouchedToday(
  { oidc, local }: Pick<AccessSettings, 'oidc' | 'local'>,
  { identity, voucher }: Pick<Session, 'identity' | 'voucher'>,
): Identity | undefined {
  if (!identity.account.startsWith(LOCAL_ACCOUNT))
    return oidc !== undefined && oidcVoucher(oidc) === voucher ? identity : undefined;
  const found = local.find((one) => localIdentity(one).account === identity.account);
  return found !== undefined && localVoucher(found) === voucher ? localIdentity(found) : undefined;
}
