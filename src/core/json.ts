/** A value that survives JSON unchanged: all that journals, plans and parameters may hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Writes a value as JSON with sorted keys, so that equal values give equal text (for digests). */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** Tells a JSON list from a JSON object; `Array.isArray` forgets that the list is read-only. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
