import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Token } from '../config/tokens.js';
import type { Authenticator, Shown } from './authenticator.js';
import { unknownCaller } from './callers.js';
import type { Identity } from './identity.js';
import { everywhere } from './role-grant.js';

/** The account that a token of firebreak.yaml is. */
export function tokenIdentity({ name, roles }: Pick<Token, 'name' | 'roles'>): Identity {
  return { account: `token:${name}`, name, groups: [], grants: everywhere(roles) };
}

/** Knows machines, and people at a terminal, by the hashes of their tokens. */
export class TokenAuthenticator implements Authenticator {
  private readonly known: readonly { readonly identity: Identity; readonly hash: Buffer }[];

  /** @param tokens of firebreak.yaml; a role that Firebreak does not know allows nothing */
  constructor(tokens: readonly Token[]) {
    this.known = tokens.map((token) => ({ identity: tokenIdentity(token), hash: Buffer.from(token.sha256, 'hex') }));
  }

  /** Takes the header `Authorization: Bearer`; a token anywhere else does not count. */
  look({ headers }: Pick<FastifyRequest, 'headers'>): Shown {
    const { authorization } = headers;
    if (authorization === undefined) return { is: 'nothing' };
    const [, token = ''] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
    const hash = createHash('sha256').update(token).digest();
    // all are compared, whether one fits or not, so that the time says nothing
    const [found] = this.known.filter((one) => timingSafeEqual(one.hash, hash));
    if (found === undefined) return { is: 'refused', error: unknownCaller() };
    return { is: 'somebody', identity: found.identity, via: 'token' };
  }
}
