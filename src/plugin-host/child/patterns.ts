import { RE2JS } from 're2js';
import { isList, type Json } from '../../core/json.js';
import { sizeOf } from './pattern-size.js';

/** A pattern that is larger, and a text that is longer, are left to the child: here everything waits meanwhile. */
const LARGEST = { letters: 500, steps: 600, text: 1_000 };

/** A text that does not match. */
export interface PatternIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Finds the texts in a value that do not match. */
export type PatternCheck = (value: unknown, path: readonly (string | number)[]) => PatternIssue[];

/**
 * Makes of the patterns of a JSON Schema a check that takes linear time, whoever wrote them. What linear time can't do
 * (looking ahead, alternatives of whole schemas), or only with much of it, is left out: the plugin looks at all its
 * parameters again.
 */
export function patternCheck(schema: Json): PatternCheck | undefined {
  if (typeof schema !== 'object' || schema === null || isList(schema)) return undefined;
  const own = ownCheck(schema['pattern']);
  const items = patternCheck(schema['items'] ?? null);
  const rest = patternCheck(schema['additionalProperties'] ?? null);
  const members = membersOf(schema['properties'] ?? null);
  const checked = [own, items, rest, ...members.values()];
  if (checked.every((check) => check === undefined)) return undefined;
  return (value, path) => {
    if (typeof value === 'string') return own?.(value, path) ?? [];
    if (typeof value !== 'object' || value === null) return [];
    if (Array.isArray(value)) return value.flatMap((member, i) => items?.(member, [...path, i]) ?? []);
    return Object.entries(value).flatMap(([key, member]) => {
      const check = members.has(key) ? members.get(key) : rest;
      return check?.(member, [...path, key]) ?? [];
    });
  };
}

function membersOf(properties: Json): Map<string, PatternCheck | undefined> {
  if (typeof properties !== 'object' || properties === null || isList(properties)) return new Map();
  return new Map(Object.entries(properties).map(([key, member]) => [key, patternCheck(member)]));
}

function ownCheck(pattern: Json | undefined): PatternCheck | undefined {
  if (typeof pattern !== 'string') return undefined;
  const compiled = compile(pattern);
  if (compiled === undefined) return undefined;
  return (value, path) =>
    typeof value === 'string' && value.length <= LARGEST.text && !compiled.matcher(value).find()
      ? [{ path, message: `must match ${pattern}` }]
      : [];
}

function compile(pattern: string): RE2JS | undefined {
  if (pattern.length > LARGEST.letters || sizeOf(pattern) > LARGEST.steps) return undefined;
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}
