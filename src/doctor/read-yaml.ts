import { parse } from 'yaml';
import { z } from 'zod';
import { parseDuration } from '../core/duration.js';

/** What came of reading a user's file: what it says, or everything that is wrong with it. */
export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly string[] };

/** A Prometheus duration, in milliseconds. */
export const duration = z.union([z.string(), z.number()]).transform((text, context) => {
  const parsed = parseDuration(String(text));
  if (parsed.ok) return parsed.ms;
  context.addIssue({ code: 'custom', message: parsed.detail });
  return z.NEVER;
});

/** Names and values such as labels; YAML may give numbers and booleans where a text is meant. */
export const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));

/**
 * Reads a YAML file into a shape; keys that the shape does not name are passed over.
 *
 * @param file its name, for the problems
 * @param text its content
 * @param shape what the doctor needs of it
 */
export function readYaml<T>(file: string, text: string, shape: z.ZodType<T>): Read<T> {
  let content: unknown;
  try {
    content = parse(text, { merge: true });
  } catch (error) {
    return { ok: false, problems: [`${file}: ${error instanceof Error ? error.message : 'is not YAML'}`] };
  }
  const checked = shape.safeParse(content);
  if (checked.success) return { ok: true, value: checked.data };
  return {
    ok: false,
    problems: checked.error.issues.map(
      (issue) => `${file}: ${issue.path.join('.') || 'the whole file'}: ${issue.message}`,
    ),
  };
}
