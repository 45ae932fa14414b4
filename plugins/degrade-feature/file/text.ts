import { isDeepStrictEqual } from 'node:util';
import { isScalar, parseDocument } from 'yaml';
import { z } from 'zod';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import { jsonSpot } from './json-spot.js';
import type { Attribute } from './params.js';
import type { Spot } from './spot.js';

/** How a file is written. */
export type Format = 'yaml' | 'json';

/** A text, and what it says. */
export interface Read {
  readonly text: string;
  readonly definitions: Definitions;
}

const definitions = z.looseObject({ flags: z.record(z.string(), z.unknown()) });

/** What a flag file says. */
export type Definitions = z.infer<typeof definitions>;

/**
 * Reads the text of a flag file.
 *
 * @throws PluginError `not-understood`
 */
export function parse(text: string, format: Format): Definitions {
  const parsed = definitions.safeParse(format === 'json' ? fromJson(text) : fromYaml(text));
  if (parsed.success) return parsed.data;
  throw notUnderstood('it has no object flags, in which flagd looks for them');
}

/** Gives how an attribute is written in the file, quotes included; undefined when it is no plain or quoted text. */
export function writtenIn(text: string, format: Format, feature: string, attribute: Attribute): string | undefined {
  const spot = spotIn(text, format, ['flags', feature, attribute]);
  return spot === undefined ? undefined : text.slice(spot.start, spot.end);
}

/**
 * Changes one attribute of one flag, and not a single character of anything else.
 *
 * @param to the new value, and how it was written when it was there before
 * @throws PluginError `not-understood` when the result would say anything else than is wanted
 */
export function edit(
  { text, definitions: was }: Read,
  format: Format,
  { feature, attribute }: { readonly feature: string; readonly attribute: Attribute },
  to: { readonly value: string; readonly written?: string | undefined },
): string {
  const spot = spotIn(text, format, ['flags', feature, attribute]);
  if (spot === undefined) throw notUnderstood(`the ${attribute} of ${feature} is not written as a text of its own`);
  const written = to.written ?? writtenLike(text[spot.start], format, to.value);
  const made = text.slice(0, spot.start) + written + text.slice(spot.end);
  const flag = z.looseObject({}).parse(was.flags[feature]);
  const wanted = { ...was, flags: { ...was.flags, [feature]: { ...flag, [attribute]: to.value } } };
  if (isSame(parse(made, format), wanted)) return made;
  throw notUnderstood(`the ${attribute} of ${feature} can't be changed without changing something else`);
}

function spotIn(text: string, format: Format, path: readonly string[]): Spot | undefined {
  if (format === 'json') {
    const spot = jsonSpot(text, path);
    return spot !== undefined && text[spot.start] === '"' ? spot : undefined;
  }
  const node = parseDocument(text).getIn(path, true);
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return undefined;
  if (node.type !== 'PLAIN' && node.type !== 'QUOTE_DOUBLE' && node.type !== 'QUOTE_SINGLE') return undefined;
  const [start, end] = node.range;
  return { start, end };
}

// Readers of YAML 1.1 take some words for true, false or nothing.
const PLAIN = /^(?!(?:y|n|yes|no|on|off|true|false|null|nan|inf)$)[A-Za-z_][A-Za-z0-9_-]*$/i;

function writtenLike(first: string | undefined, format: Format, value: string): string {
  if (format === 'json' || first === '"') return JSON.stringify(value);
  if (first === "'") return `'${value.replaceAll("'", "''")}'`;
  return PLAIN.test(value) ? value : JSON.stringify(value);
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notUnderstood('it is no JSON');
  }
}

function fromYaml(text: string): unknown {
  try {
    const document = parseDocument(text);
    const [mistake] = document.errors;
    if (mistake !== undefined) throw notUnderstood(mistake.message.split('\n', 1)[0] ?? '');
    return document.toJS();
  } catch (error) {
    throw error instanceof PluginError ? error : notUnderstood('it is no YAML');
  }
}

function isSame(one: unknown, other: unknown): boolean {
  try {
    return isDeepStrictEqual(one, other);
  } catch {
    return false; // nested deeper than can be compared
  }
}

/** Says that a file is no flag file. */
export function notUnderstood(why: string): PluginError {
  return new PluginError('not-understood', `the file is none that flagd would take: ${why.slice(0, 300)}`, false);
}
