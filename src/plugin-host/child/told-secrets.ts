import { isList, type Json } from '../../core/json.js';

/** A shorter text stands in too many others by chance. */
const SHORTEST_PART = 4;

/**
 * Takes from what a child says its secrets are those that come from its configuration: masking anything else would let
 * it black out the log of others.
 *
 * @param config as it was given to the child
 * @param told the values that its schema marks as secret, as written and as parsed
 */
export function secretsOf(config: Json, told: readonly string[]): string[] {
  const texts = textsIn(config);
  const isOurs = (secret: string): boolean =>
    texts.some((text) => text === secret || (text.length >= SHORTEST_PART && secret.includes(text)));
  return [...new Set(told)].filter((secret) => secret !== '' && isOurs(secret));
}

function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return (isList(value) ? value : Object.values(value)).flatMap(textsIn);
}
