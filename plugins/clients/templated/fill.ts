import { PluginError, type Json } from '../../../src/plugin-sdk/index.js';
import type { Values } from './holes.js';

const HOLE = /\{([a-z][A-Za-z0-9]{0,31})\}/g;
const WHOLE = /^\{([a-z][A-Za-z0-9]{0,31})\}$/;
/** What a value may bring into a path: nothing that servers or proxies between could take for more than a name. */
const IN_SEGMENT = /^[A-Za-z0-9._~@:+,=-]{1,200}$/;

/** Gives the names of all holes in a template. */
export function holesIn(template: Json): string[] {
  if (typeof template === 'string') return [...template.matchAll(HOLE)].map(([, name = '']) => name);
  if (template === null || typeof template !== 'object') return [];
  return Object.values(template).flatMap(holesIn);
}

/**
 * Fills the holes of a text.
 *
 * @throws PluginError `no-text` when what comes into a hole is no text, number or yes/no
 */
export function fillText(template: string, values: Values): string {
  return template.replace(HOLE, (_, name: string) => textOf(name, valueOf(values, name)));
}

/**
 * Fills the holes in the texts of a JSON value. A text that is nothing but a hole becomes what comes into it, of whatever
 * type; names of members are left as they are, so that no value can change the shape.
 */
export function fillJson(template: Json, values: Values): Json {
  if (typeof template === 'string') {
    const [, name] = WHOLE.exec(template) ?? [];
    return name === undefined ? fillText(template, values) : valueOf(values, name);
  }
  if (template === null || typeof template !== 'object') return template;
  if (isList(template)) return template.map((one) => fillJson(one, values));
  return Object.fromEntries(Object.entries(template).map(([name, one]) => [name, fillJson(one, values)]));
}

/**
 * Fills the holes of a path, so that each value stays within its segment.
 *
 * @throws PluginError `bad-segment` when a value could mean more than a name there
 */
export function fillPath(template: string, values: Values): string {
  const segments = template.split('/').map((segment) => {
    const filled = segment.replace(HOLE, (_, name: string) => {
      const text = textOf(name, valueOf(values, name));
      if (IN_SEGMENT.test(text)) return encodeURIComponent(text);
      throw badSegment(name);
    });
    if (filled === '.' || filled === '..') throw badSegment(segment);
    return filled;
  });
  return segments.join('/');
}

/** Fills the holes of each text of a record. */
export function fillTexts(template: Readonly<Record<string, string>>, values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(template).map(([name, text]) => [name, fillText(text, values)]));
}

function valueOf(values: Values, name: string): Json {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value !== undefined) return value;
  throw new PluginError('empty-hole', `nothing comes into the hole {${name}}: give it a value`, false);
}

function textOf(name: string, value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const detail = `what comes into the hole {${name}} is no text, number or yes/no: only a JSON body can carry it`;
  throw new PluginError('no-text', detail, false);
}

function badSegment(name: string): PluginError {
  const detail = `what comes into the path at ${name} is no plain name: letters, digits and . _ ~ @ : + , = - only`;
  return new PluginError('bad-segment', detail, false);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
