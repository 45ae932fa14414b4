import { createHash, timingSafeEqual } from 'node:crypto';
import type { Token } from '../config/tokens.js';
import type { Person } from './person.js';
import { approvalRolesOf, isRole, ROLES } from './roles.js';

/** Who everybody is while no token is configured; the service then listens on a loopback address only. */
export const LOCAL: Person = { name: 'local', roles: ROLES, approvalRoles: ROLES };

/** Knows the tokens by their hashes. */
export class Credentials {
  private readonly known: readonly { readonly person: Person; readonly hash: Buffer }[];

  /** @param tokens of firebreak.yaml; a role that Firebreak does not know allows nothing */
  constructor(tokens: readonly Token[]) {
    this.known = tokens.map(({ name, roles, sha256 }) => ({
      person: { name, roles: roles.filter(isRole), approvalRoles: approvalRolesOf(roles) },
      hash: Buffer.from(sha256, 'hex'),
    }));
  }

  /** Gives what the person of this name may do now, or undefined when no token is of that name any more. */
  named(name: string): Person | undefined {
    if (this.known.length === 0) return name === LOCAL.name ? LOCAL : undefined;
    return this.known.find(({ person }) => person.name === name)?.person;
  }

  /**
   * Says who sends this, or undefined when nobody can tell.
   *
   * @param authorization the header of that name; a token anywhere else does not count
   */
  identify(authorization: string | undefined): Person | undefined {
    if (this.known.length === 0) return LOCAL;
    const [, token = ''] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
    const hash = createHash('sha256').update(token).digest();
    // all are compared, whether one fits or not, so that the time says nothing
    const [found] = this.known.filter((one) => timingSafeEqual(one.hash, hash));
    return found?.person;
  }
}
