import { normalizeIP } from '@fastify/rate-limit';
import type { AccessSettings } from '../../config/access.js';
import type { Identity } from '../identity.js';
import { verifyPassword } from './password.js';
import { everywhere } from '../role-grant.js';
import { hashOf } from '../sessions/secret-text.js';
import type { SessionStore } from '../sessions/session-store.js';

type LocalAccount = AccessSettings['local'][number];

/** The kind of all accounts that firebreak.yaml itself vouches for. */
export const LOCAL_ACCOUNT = 'local:';

/** The account that an entry of `access.local` is. */
export function localIdentity({ name, roles }: Pick<LocalAccount, 'name' | 'roles'>): Identity {
  return { account: `${LOCAL_ACCOUNT}${name}`, name, groups: [], grants: everywhere(roles) };
}

/** So many attempts a minute are let through for one name, and from one address. */
export const ATTEMPTS_PER_MINUTE = 5;

const MINUTE_MS = 60_000;

/** What came of a name and a password. */
export type LocalLogin =
  | { readonly is: 'somebody'; readonly identity: Identity; readonly voucher: string }
  | { readonly is: 'nobody' }
  /** `first` tells whether none was turned away before in this minute. */
  | { readonly is: 'too-many'; readonly againInMs: number; readonly first: boolean };

/** Knows people by a password, for when everything else that knows people is away. */
export class LocalAccounts {
  constructor(
    private readonly accounts: readonly LocalAccount[],
    private readonly store: SessionStore,
  ) {}

  /**
   * Looks whether a password fits a name; takes as long for a name that nobody has.
   *
   * @param address from where somebody tries
   */
  async logIn(name: string, password: string, address: string): Promise<LocalLogin> {
    const counts = await Promise.all(
      [`tries-as:${hashOf(name)}`, `tries-from:${hashOf(normalizeIP(address, 64))}`].map((key) =>
        this.store.count(key, MINUTE_MS),
      ),
    );
    const over = counts.filter(({ count }) => count > ATTEMPTS_PER_MINUTE);
    if (over.length > 0) {
      const first = over.every(({ count }) => count === ATTEMPTS_PER_MINUTE + 1);
      return { is: 'too-many', againInMs: Math.max(...over.map(({ leftMs }) => leftMs)), first };
    }
    const found = this.accounts.find((account) => account.name === name);
    // whoever is not there is compared with somebody who is
    const compared = found ?? this.accounts[0];
    const fits = compared !== undefined && (await verifyPassword(password, compared.password));
    if (!fits || found === undefined) return { is: 'nobody' };
    return { is: 'somebody', identity: localIdentity(found), voucher: localVoucher(found) };
  }
}

/** Changes with the password, so that logins by the old one end. */
export function localVoucher({ password }: Pick<LocalAccount, 'password'>): string {
  return `local ${hashOf(password)}`;
}
