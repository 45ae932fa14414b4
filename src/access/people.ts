import type { AccessSettings } from '../config/access.js';
import type { Identity } from './identity.js';
import { LOCAL, type Person } from './person.js';
import { everywhere, type RoleGrant } from './role-grant.js';

/** Gives the accounts by which somebody of this name was seen last, as their vouchers described them. */
export type LastSeen = (name: string) => Promise<readonly Identity[]>;

/** Knows which account is which person, and what the person may do. */
export class People {
  /**
   * @param settings of firebreak.yaml
   * @param standing accounts that are configured themselves: tokens, and local people
   * @param lastSeen knows everybody else
   * @param open whether no credential is configured
   */
  constructor(
    private readonly settings: Pick<AccessSettings, 'people' | 'grants'>,
    private readonly standing: readonly Identity[],
    private readonly lastSeen: LastSeen,
    private readonly open: boolean,
  ) {}

  /** The person that an account belongs to: one that was linked by name, or else one with the same verified address. */
  of(identity: Identity): Person {
    const linked = this.settings.people.find(({ accounts }) => accounts.includes(identity.account));
    const name = linked?.name ?? identity.email ?? identity.name;
    return { name, account: identity.account, grants: this.grantsOf(identity, name) };
  }

  /** What the person of this name may do now, or undefined when nobody is of that name any more. */
  async named(name: string): Promise<Person | undefined> {
    if (this.open) return name === LOCAL.name ? LOCAL : undefined;
    const accounts = [...this.standing, ...(await this.lastSeen(name))];
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
