import { z } from 'zod';
import { explainIssue } from '../catalog/explain-issue.js';
import { FirebreakError } from '../core/errors.js';
import { explainIssues, problemOfZod } from '../http/problem-of.js';

/**
 * Holds a body against its schema; no body counts as an empty one.
 *
 * @throws FirebreakError `unknown-property` or `malformed-body`
 */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body === undefined ? {} : body, { error: explainIssue });
  if (parsed.success) return parsed.data;
  const { code, detail } = problemOfZod(parsed.error);
  throw new FirebreakError(code, detail);
}

/**
 * Holds query parameters against their schema. An empty one counts as absent: Grafana sends empty ones for columns that
 * a row does not have.
 *
 * @throws FirebreakError `wrong-parameter`
 */
export function readQuery<T>(schema: z.ZodType<T>, query: unknown): T {
  const given = entriesOf(query).filter(([, value]) => value !== '');
  const parsed = schema.safeParse(Object.fromEntries(given), { error: explainIssue });
  if (parsed.success) return parsed.data;
  throw new FirebreakError('wrong-parameter', explainIssues(parsed.error.issues));
}

/** Gives all parameters of a query, also those with names that objects otherwise have by birth. */
export function entriesOf(query: unknown): [string, unknown][] {
  return typeof query === 'object' && query !== null ? Object.entries(query) : [];
}

/** A whole number in a query, within bounds. */
export function limit(most: number, usual: number) {
  return z
    .string()
    .regex(/^\d{1,6}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(most))
    .default(usual);
}

/** The JSON Schema of what a client sends, for the documentation. */
export function schemaOf(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}
