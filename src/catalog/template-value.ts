import type { Json } from '../core/json.js';
import { isList } from '../core/json.js';
import type { Rendered, Scope } from '../core/template.js';
import { MESSAGE_ROOTS, ROOTS, STANDING_ROOTS, type Hole } from './template-syntax.js';

/**
 * Reads the one value that a hole asks for and gives a context that holds nothing else, made of objects without a
 * prototype: there is no inherited name that a template could reach.
 */
export function readValue(hole: Hole, scope: Scope): Rendered<object> {
  const name = hole.path.join('.');
  const value = lookUp(hole.path, scope);
  if (value === undefined)
    return hole.optional ? { ok: true, value: contextWith(hole.path) } : { ok: false, detail: `${name} is missing` };
  if (hole.single && typeof value === 'object') {
    return { ok: false, detail: `${name} is not a single value: name a part of it, or write {{json ${name}}}` };
  }
  return { ok: true, value: contextWith(hole.path, value) };
}

function lookUp(path: readonly string[], scope: Scope): Json | undefined {
  const [first, ...rest] = path;
  const root = [...ROOTS, ...STANDING_ROOTS, ...MESSAGE_ROOTS].find((name) => name === first);
  if (root === undefined) return undefined;
  let value: Json | undefined = scope[root];
  for (const part of rest) value = memberOf(value, part);
  if (value === null) return undefined;
  // Prometheus: an empty label is an absent one. In settings somebody wrote the empty text on purpose.
  const fromAlert = root === 'labels' || root === 'annotations' || root === 'alert';
  return fromAlert && value === '' ? undefined : value;
}

function memberOf(value: Json | undefined, part: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isList(value)) return /^\d+$/.test(part) ? value[Number(part)] : undefined;
  return Object.hasOwn(value, part) ? value[part] : undefined;
}

function contextWith(path: readonly string[], value?: Json): object {
  const [first, ...rest] = path;
  const context: { [name: string]: unknown } = { __proto__: null };
  if (first === undefined) return context;
  if (rest.length > 0) context[first] = contextWith(rest, value);
  else if (value !== undefined) context[first] = value;
  return context;
}
