import type { AccessSettings } from '../config/access.js';
import { isConfigured, type Identity } from './identity.js';
import { LOCAL, type Person } from './person.js';
import { everywhere, type RoleGrant } from './role-grant.js';

/** Gives the accounts by which somebody of this name was seen last, as their vouchers described them. */
export type LastSeen = (name: string) => Promise<readonly Identity[]>;

/** Knows which account is which person, and what the person may do. */
export class People {
  /**
   * @param settings of firebreak.yaml
   * @param standing gives the accounts that are configured themselves and count now: tokens, and local people
   * @param lastSeen knows everybody else
   * @param open whether no credential is configured
   */
  constructor(
    private readonly settings: Pick<AccessSettings, 'people' | 'grants'>,
    private readonly standing: () => readonly Identity[],
    private readonly lastSeen: LastSeen,
    private readonly open: boolean,
  ) {}

  /**
   * The person that an account belongs to: one that was linked by name, or else one with the same verified address. Others
   * are called by their account, so that nobody gets a name, and what was granted to it, by choosing it.
   */
  of(identity: Identity): Person {
    const { account, email } = identity;
    const linked = this.settings.people.find(({ accounts }) => accounts.includes(account));
    const name = linked?.name ?? email ?? (isConfigured(account) ? identity.name : account);
    return { name, account, grants: this.grantsOf(identity, name) };
  }

  /** What the person of this name may do now, or undefined when nobody is of that name any more. */
  async named(name: string): Promise<Person | undefined> {
    return this.withAccounts(name, []);
  }

  /**
   * The person whom an account belongs to now, with what that person may do; the account may have been linked, or linked
   * otherwise, since it was used.
   *
   * @param name of the person when the account was used
   * @param account that was used; without it, what counts is the name alone
   * @returns undefined when nobody is that person any more
   */
  async now(name: string, account?: string): Promise<Person | undefined> {
    if (this.open || account === undefined) return this.named(name);
    const used = [...this.standing(), ...(await this.lastSeen(name))].filter((one) => one.account === account);
    const [identity] = used;
    return identity === undefined ? undefined : this.withAccounts(this.of(identity).name, used);
  }

  private async withAccounts(name: string, more: readonly Identity[]): Promise<Person | undefined> {
    if (this.open) return name === LOCAL.name ? LOCAL : undefined;
    const accounts = [...more, ...this.standing(), ...(await this.lastSeen(name))];
    const own = accounts.map((identity) => this.of(identity)).filter((person) => person.name === name);
    const [first] = own;
    return first === undefined ? undefined : { ...first, grants: own.flatMap(({ grants }) => grants) };
  }

  private grantsOf({ grants, groups }: Identity, name: string): RoleGrant[] {
    const linked = this.settings.people.find((person) => person.name === name);
    const configured = this.settings.grants
      .filter((one) => one.people.includes(name) || one.groups.some((group) => groups.includes(group)))
      .flatMap(({ roles, runbooks, targets }) => roles.map((role) => ({ role, runbooks, targets })));
    return [...grants, ...everywhere(linked?.roles ?? []), ...configured];
  }
}
