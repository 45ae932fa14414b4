import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { callerOf } from './caller.js';
import { clientAddress } from './proxy/proxy-addresses.js';

/** Who answers for a request when requests are counted: the person, by whatever account, or else the address. */
export function senderOf(request: FastifyRequest): string {
  const person = callerOf(request)?.person;
  // one subscriber has all addresses of an IPv6 network of this size
  return person === undefined ? `address ${normalizeIP(clientAddress(request), 64)}` : `person ${person.name}`;
}
