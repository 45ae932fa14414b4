import { hash, timingSafeEqual } from 'node:crypto';
import { listOf, type Token } from '../../config/tokens.js';
import type { Instant } from '../../core/alert.js';
import type { Authenticator, Shown } from '../authenticator.js';
import { carriedBy, type WithAuthorization } from './authorization-header.js';
import { unknownCaller } from '../callers.js';
import type { Identity } from '../identity.js';

/** The account that a token of firebreak.yaml is. */
export function tokenIdentity({ name, roles, runbooks = ['*'], targets = ['*'] }: Omit<Token, 'sha256'>): Identity {
  return { account: `token:${name}`, name, groups: [], grants: roles.map((role) => ({ role, runbooks, targets })) };
}

/** Tells whether a token counts at an instant. */
export function countsAt({ until }: Pick<Token, 'until'>, now: Instant): boolean {
  return until === undefined || now < until;
}

/** Compares two hashes in a time that does not depend on what is in them. */
export type SameHash = (one: Buffer, other: Buffer) => boolean;

/** Hears which token was shown, and by which of its secrets: 1, or 2 for the second of its list. */
export type TokenUse = (token: string, secret: number) => void;

interface KnownSecret {
  readonly token: Token;
  /** Its place among the token's secrets, from 1. */
  readonly place: number;
  readonly identity: Identity;
  readonly secretHash: Buffer;
  readonly nameHash: Buffer;
}

/** What is shown in place of a name where none is needed. */
const NO_NAME = sha256('');

/** Knows machines, and people at a terminal, by the hashes of their tokens. */
export class TokenAuthenticator implements Authenticator {
  private readonly known: readonly KnownSecret[];

  /**
   * @param tokens of firebreak.yaml; a role that Firebreak does not know allows nothing
   * @param now the time by which tokens end
   * @param used hears of every token that counts
   * @param same compares hashes
   */
  constructor(
    tokens: readonly Token[],
    private readonly now: () => Instant,
    private readonly used: TokenUse = () => undefined,
    private readonly same: SameHash = timingSafeEqual,
  ) {
    this.known = tokens.flatMap((token) => {
      const [identity, nameHash] = [tokenIdentity(token), sha256(token.name)];
      return listOf(token.sha256).map((text, i) => ({
        token,
        place: i + 1,
        identity,
        nameHash,
        secretHash: Buffer.from(text, 'hex'),
      }));
    });
  }

  /**
   * Takes the header `Authorization`, as `Bearer`, or as `Basic` with the token's name and the secret as the password; a
   * token anywhere else does not count.
   */
  look(request: WithAuthorization): Shown {
    const carried = carriedBy(request);
    if (carried.is === 'nothing') return carried;
    const found = carried.is === 'odd' ? undefined : this.find(sha256(carried.secret), carried.name);
    if (found === undefined || !countsAt(found.token, this.now())) return { is: 'refused', error: unknownCaller() };
    this.used(found.token.name, found.place);
    return { is: 'somebody', identity: found.identity, via: 'token' };
  }

  /** All are compared, and names too, whether one fits or not, so that the time says nothing. */
  private find(secretHash: Buffer, name: string | undefined): KnownSecret | undefined {
    const nameHash = name === undefined ? NO_NAME : sha256(name);
    const [found] = this.known
      .map((one) => ({
        one,
        secret: this.same(one.secretHash, secretHash),
        name: this.same(name === undefined ? NO_NAME : one.nameHash, nameHash),
      }))
      .filter((compared) => compared.secret && compared.name);
    return found?.one;
  }
}

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
