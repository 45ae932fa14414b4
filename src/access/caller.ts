import type { FastifyRequest } from 'fastify';
import type { Via } from './identity.js';
import type { Person } from './person.js';
import { clientAddress } from './proxy/proxy-addresses.js';

/** Who sends a request, and how that was found out. */
export interface Caller {
  readonly person: Person;
  readonly via: Via;
  /** Groups of the account, as far as whoever vouches for it named them. */
  readonly groups?: readonly string[];
  /** Present with a session of the console: what every form must carry. */
  readonly csrf?: string;
}

// Beside the request and not on it, so that nothing that a request brings along can pass for it.
const callers = new WeakMap<FastifyRequest, Caller>();

/** Notes who calls; only what identifies callers does this. */
export function remember(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller);
}

/** Gives who calls, or undefined when nobody was identified. */
export function callerOf(request: FastifyRequest): Caller | undefined {
  return callers.get(request);
}

/** Gives who calls, where the guard has let somebody in. */
export function person(request: FastifyRequest): Person {
  const known = callers.get(request);
  if (known === undefined) throw new Error('nobody was identified: this route is public or the guard did not run');
  return known.person;
}

/** Says from where a person acts, for the audit: account, how it was shown, and the address. */
export function whence(request: FastifyRequest): string {
  const known = callers.get(request);
  const { person: who, via = 'nothing' } = known ?? {};
  return `${who?.account ?? 'nobody'}${via === 'nothing' ? '' : ` by ${via}`} from ${clientAddress(request)}`;
}
