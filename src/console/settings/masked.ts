import type { Json } from '../../core/json.js';
import { redactor } from '../../plugin-host/redact.js';

const MASK = '***';

/** Names under which secrets stand; rather one too many than one too few. */
const SECRET_NAME = /secret|passw|credential|sha256|private|apikey|api_key|routingkey|(?:^|[^a-z])key$|token$/i;

/**
 * Makes a copy of settings that anybody who operates the service may see: known secrets are masked wherever they stand,
 * and so is every text under a name that sounds like one, and what stands before the host of an address.
 *
 * @param value settings; what is no data, such as a compiled template, is left out
 * @param secrets that are known
 */
export function masked(value: unknown, secrets: readonly string[]): Json {
  const mask = redactor(secrets);
  const walk = (one: unknown, name: string): Json | undefined => {
    if (typeof one === 'string') return SECRET_NAME.test(name) ? MASK : withoutLogin(mask(one));
    if (typeof one === 'number' || typeof one === 'boolean' || one === null) return one;
    // a list of secrets has the name of each of them
    if (Array.isArray(one)) return one.flatMap((member: unknown) => walk(member, name) ?? []);
    if (typeof one !== 'object') return undefined;
    const members = Object.entries(one).flatMap(([key, member]) => {
      const shown = walk(member, key);
      return shown === undefined ? [] : [[mask(key), shown] as const];
    });
    return Object.fromEntries(members);
  };
  return walk(value, '') ?? null;
}

function withoutLogin(text: string): string {
  return text.replaceAll(/\/\/[^/@\s]+@/g, `//${MASK}@`);
}
