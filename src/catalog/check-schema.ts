import { z } from 'zod';
import { explainIssue } from './explain-issue.js';
import { unknownWord } from './suggestion.js';
import { formatPath, type Issue, type Path, type Position } from './yaml-position.js';

/** What came of holding a value against a schema: the parsed value, or everything that is wrong with it. */
export type Checked<T> =
  { readonly ok: true; readonly data: T } | { readonly ok: false; readonly issues: readonly Issue[] };

/**
 * Holds a value against a schema; keys that the schema does not name are wrong even where zod would drop them silently.
 *
 * @param base where the value stands in its file
 */
export function checkSchema<T>(schema: z.ZodType<T>, value: unknown, base: Path = []): Checked<T> {
  const parsed = schema.safeParse(value, { error: explainIssue });
  const found = parsed.success ? [] : parsed.error.issues.flatMap((issue) => issuesFrom(issue, base));
  const issues = [...found, ...unknownKeys(schema, value, base)];
  return parsed.success && issues.length === 0 ? { ok: true, data: parsed.data } : { ok: false, issues };
}

/** What a zod issue carries for us: the place inside a text, or that the key is meant; see `Issue`. */
export function issueParams(place: Pick<Issue, 'within' | 'onKey'>): {
  within?: Position | undefined;
  onKey?: boolean | undefined;
} {
  return { within: place.within, onKey: place.onKey };
}

function issuesFrom(issue: z.core.$ZodIssue, base: Path): Issue[] {
  // Unknown keys are found by `unknownKeys`, one by one and with what is allowed.
  if (issue.code === 'unrecognized_keys') return [];
  const path = [...base, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  if (issue.code === 'invalid_key')
    return issue.issues.map(({ message }) => ({ path, onKey: true, message: labelled(path, message) }));
  const meant = issue.code === 'invalid_union' ? meantMember(issue) : undefined;
  if (meant !== undefined) return meant.flatMap((inner) => issuesFrom(inner, path));
  const params = issue.code === 'custom' ? issue.params : undefined;
  const within: unknown = params?.['within'];
  const onKey = params?.['onKey'] === true;
  return [{ path, onKey, message: labelled(path, issue.message), ...(isPosition(within) ? { within } : {}) }];
}

/** What is wrong with the only member of a union that takes a value of this kind at all. */
function meantMember({ errors }: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | undefined {
  const otherKind = ({ code, path }: z.core.$ZodIssue): boolean =>
    path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
  const possible = errors.filter((issues) => !issues.some(otherKind));
  return possible.length === 1 ? possible[0] : undefined;
}

function labelled(path: Path, message: string): string {
  return path.length === 0 ? message : `${formatPath(path)}: ${message}`;
}

function isPosition(value: unknown): value is Position {
  return typeof value === 'object' && value !== null && 'line' in value && 'column' in value;
}

/** Unions of several maps are not looked into: which of them was meant cannot be told. */
function unknownKeys(schema: z.core.$ZodType, value: unknown, path: Path): Issue[] {
  const inner = unwrapped(schema);
  if (Array.isArray(value)) {
    return inner instanceof z.ZodArray
      ? value.flatMap((member, i) => unknownKeys(inner.element, member, [...path, i]))
      : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const members: [string, unknown][] = Object.entries(value);
  if (inner instanceof z.ZodRecord) {
    return members.flatMap(([key, member]) => unknownKeys(inner.valueType, member, [...path, key]));
  }
  return inner instanceof z.ZodObject ? unknownMembers(inner, members, path) : [];
}

function unknownMembers(schema: z.ZodObject, members: readonly [string, unknown][], path: Path): Issue[] {
  const fields = new Map<string, z.core.$ZodType>(Object.entries(schema.shape));
  const open = schema.def.catchall !== undefined && !(schema.def.catchall instanceof z.ZodNever);
  return members.flatMap(([key, member]): Issue[] => {
    const field = fields.get(key);
    if (field !== undefined) return unknownKeys(field, member, [...path, key]);
    if (open) return [];
    return [{ path: [...path, key], onKey: true, message: unknownWord('unknown key', key, usableKeys(fields)) }];
  });
}

function usableKeys(fields: ReadonlyMap<string, z.core.$ZodType>): string[] {
  return [...fields].filter(([, field]) => !(unwrapped(field) instanceof z.ZodNever)).map(([key]) => key);
}

/** The schema below what only adds defaults, optionality, a transformation or single words such as `off`. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodCatch
  ) {
    return unwrapped(schema.unwrap());
  }
  if (schema instanceof z.ZodUnion) {
    const members = schema.options.filter((option) => !(option instanceof z.ZodLiteral));
    return members.length === 1 && members[0] !== undefined ? unwrapped(members[0]) : schema;
  }
  return schema instanceof z.ZodPipe ? unwrapped(schema.in) : schema;
}
