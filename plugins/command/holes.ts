import { RE2JS } from 're2js';
import { z } from 'zod';

/** One element of argv: as it stands, or with a hole at its end. */
export interface Part {
  readonly text: string;
  /** Name of the parameter whose value comes after the text. */
  readonly hole?: string;
}

// A whole element, or what comes after `--flag=`.
const WITH_HOLE = /^(--?[A-Za-z0-9][A-Za-z0-9_-]*=)?\{([a-z][A-Za-z0-9]*)\}$/;
const LOOKS_LIKE_ONE = /\{[A-Za-z][A-Za-z0-9_]*\}/;

/** Reads one element of argv; undefined when a hole stands where none may be. */
export function partOf(written: string): Part | undefined {
  const [, flag = '', hole] = WITH_HOLE.exec(written) ?? [];
  if (hole !== undefined) return { text: flag, hole };
  return LOOKS_LIKE_ONE.test(written) ? undefined : { text: written };
}

/** What any value must be like, whatever the operator's pattern says: no flag, no way up, and nothing that a shell at the other end of `ssh` would read as more than a word. */
const INERT = /^[A-Za-z0-9_][A-Za-z0-9_.:@%+=,/-]{0,199}$/;

/** Tells whether a value may stand in an argument. */
export function isInert(value: string): boolean {
  return INERT.test(value) && !value.split('/').includes('..');
}

/** The schema of what may stand in a hole, as an operator writes it. */
export const holeSchema = z.union([
  z.strictObject({
    /** For all of the value, as RE2 writes patterns. */
    pattern: z
      .string()
      .min(1)
      .max(500)
      .refine((text) => compiled(text) !== undefined, 'is no regular expression as RE2 knows them'),
  }),
  z.strictObject({
    oneOf: z
      .array(z.string().refine(isInert, 'may have letters, digits and _.:@%+=,/- only, and not begin with -'))
      .min(1)
      .max(200),
  }),
]);

/** What may stand in a hole. */
export type Hole = z.infer<typeof holeSchema>;

/** Makes the schema of the values of one hole. */
export function valueSchema(hole: Hole): z.ZodType<string> {
  if ('oneOf' in hole) return z.enum(hole.oneOf);
  const pattern = compiled(hole.pattern);
  return z
    .string()
    .refine(isInert, 'may have letters, digits and _.:@%+=,/- only, and not begin with -')
    .refine((value) => value.length <= 200 && pattern?.matches(value) === true, `must fit ${hole.pattern}`);
}

function compiled(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}
