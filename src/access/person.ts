import type { FastifyRequest } from 'fastify';
import type { Role } from './roles.js';

/** Who calls, as journals name them. */
export interface Person {
  readonly name: string;
  /** What the person may do. */
  readonly roles: readonly Role[];
  /** Under which names the person's approval counts: these roles with what they include, and those of the organisation. */
  readonly approvalRoles: readonly string[];
}

// Beside the request and not on it, so that nothing that a request brings along can pass for it.
const people = new WeakMap<FastifyRequest, Person>();

/** Notes who calls; only the guard does this. */
export function remember(request: FastifyRequest, person: Person): void {
  people.set(request, person);
}

/** Gives who calls. */
export function person(request: FastifyRequest): Person {
  const known = people.get(request);
  if (known === undefined) throw new Error('nobody was identified: this route is public or the guard did not run');
  return known;
}
