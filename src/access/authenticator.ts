import type { FastifyRequest } from 'fastify';
import type { FirebreakError } from '../core/errors.js';
import type { Caller } from './caller.js';
import type { Identity, Via } from './identity.js';

/** What one way of showing who one is makes of a request. */
export type Shown =
  /** The request carries nothing of this kind. */
  | { readonly is: 'nothing' }
  | { readonly is: 'somebody'; readonly identity: Identity; readonly via: Via; readonly csrf?: string }
  /** Its body must be read first: `caller` says who sent this one, if anybody, and until then nobody is let in. */
  | { readonly is: 'in-the-body'; readonly caller: (body: string) => Caller | undefined }
  /** It carries something of this kind that does not count; no other way is tried then. */
  | { readonly is: 'refused'; readonly error: FirebreakError };

/** One way in which callers show who they are. */
export interface Authenticator {
  /** Looks at a request before its body is read; must take the same time whatever is wrong with a secret. */
  look(request: FastifyRequest): Shown | Promise<Shown>;
}
