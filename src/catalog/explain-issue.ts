import type { z } from 'zod';
import { nearest } from './suggestion.js';

/** Says in plain words what is wrong with a value; messages that a schema gives itself are left alone. */
export function explainIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'missing' : `must be ${nameOf(issue.expected)}, not ${kindOf(issue.input)}`;
    case 'invalid_value':
      return issue.input === undefined
        ? `missing; ${oneOf(issue.values)}`
        : `${oneOf(issue.values)}${guess(issue.input, issue.values)}`;
    case 'too_small':
      return bound(issue.origin, 'at least', issue.minimum, issue.inclusive !== false);
    case 'too_big':
      return bound(issue.origin, 'at most', issue.maximum, issue.inclusive !== false);
    case 'invalid_union':
    case 'invalid_format':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return undefined;
  }
}

function oneOf(values: readonly unknown[]): string {
  const list = values.map((value) => JSON.stringify(value)).join(', ');
  return values.length === 1 ? `must be ${list}` : `must be one of ${list}`;
}

function guess(input: unknown, values: readonly unknown[]): string {
  const words = values.filter((value) => typeof value === 'string');
  const found = typeof input === 'string' && words.length > 1 ? nearest(input, words) : undefined;
  return found === undefined ? `, not ${shown(input)}` : `: did you mean "${found}"?`;
}

/** Names a value that somebody wrote: a text as it is, anything else by its kind. */
export function shown(input: unknown): string {
  return typeof input === 'string' ? JSON.stringify(input) : kindOf(input);
}

function bound(origin: string, limit: string, size: number | bigint, inclusive: boolean): string {
  const number = inclusive ? `${limit} ${size}` : `${limit === 'at least' ? 'more' : 'less'} than ${size}`;
  if (origin === 'string')
    return size === 1 && limit === 'at least' ? 'must not be empty' : `must have ${number} characters`;
  if (origin === 'array')
    return size === 1 && limit === 'at least' ? 'must not be empty' : `must have ${number} entries`;
  return `must be ${number}`;
}

const NAMES = new Map([
  ['string', 'a text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'a map'],
  ['record', 'a map'],
]);

function nameOf(expected: string): string {
  return NAMES.get(expected) ?? expected;
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? 'a text' : 'a map';
}
