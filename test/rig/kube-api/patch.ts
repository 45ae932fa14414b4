import type { Json } from '../../../src/plugin-sdk/index.js';

/** Applies a merge patch (RFC 7386); a strategic one means the same as long as it has no lists. */
export function merged(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: Record<string, Json> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

/** Says whether there is a list in it, which a strategic patch would merge by rules of its own. */
export function hasList(patch: Json): boolean {
  return Array.isArray(patch) || (isObject(patch) && Object.values(patch).some(hasList));
}

/** Leaves out what the API leaves out: nothing, 0, false, and empty texts. */
export function withoutEmpty(object: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== null && value !== 0 && value !== false && value !== ''),
  );
}

function isObject(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
