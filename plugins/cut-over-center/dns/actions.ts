import { dnsAction } from './action.js';
import type { DnsKit } from './kit.js';

/** The actions on DNS, by name. */
export function dnsActions(kit: DnsKit) {
  return { dns: dnsAction(kit) };
}
