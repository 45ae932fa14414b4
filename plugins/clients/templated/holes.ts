import { RE2JS } from 're2js';
import { z } from 'zod';
import type { Json } from '../../../src/plugin-sdk/index.js';

const MAX_TEXT = 1_000;

/** The schema of a hole's name. */
export const holeName = z.string().regex(/^[a-z][A-Za-z0-9]{0,31}$/, 'name a hole such as flag or queueName');

const scalar = z.union([z.string().max(MAX_TEXT), z.number(), z.boolean()]);

/** What may come into a hole: one of a list, a text that a whole pattern takes (RE2, linear time), or a number. */
export const holeSchema = z.union([
  z.strictObject({ oneOf: z.array(scalar).min(1).max(256) }),
  z.strictObject({
    pattern: z
      .string()
      .min(1)
      .max(500)
      .refine((text) => compiled(text) !== undefined, 'is no regular expression of RE2')
      .refine((text) => compiled(text)?.matches('*\u0001 /..') === false, 'takes anything: say what may stand there'),
    longest: z.int().min(1).max(MAX_TEXT).default(128),
  }),
  z.strictObject({ least: z.number(), most: z.number(), whole: z.boolean().default(true) }),
]);

/** One hole as configured. */
export type Hole = z.infer<typeof holeSchema>;

/** Holes of a template by name, as configured. */
export const holesSchema = z.record(holeName, holeSchema).default({});

/** What fills holes, by name. */
export type Values = Readonly<Record<string, Json>>;

/**
 * Makes the schema of the parameters that fill these holes: each must be given, and no other.
 *
 * @param holes as configured
 */
export function valuesSchema(holes: Readonly<Record<string, Hole>>) {
  const fields = Object.entries(holes).map(([name, hole]) => [name, valueSchema(hole)] as const);
  return z.strictObject(Object.fromEntries(fields));
}

/**
 * Makes the schema of what one hole takes.
 *
 * @param hole as configured
 */
export function valueSchema(hole: Hole): z.ZodType<string | number | boolean> {
  if ('oneOf' in hole) {
    const { oneOf } = hole;
    return scalar.refine((value) => oneOf.includes(value), `must be one of ${JSON.stringify(oneOf)}`);
  }
  if ('pattern' in hole) {
    const pattern = compiled(hole.pattern);
    return z
      .string()
      .max(hole.longest)
      .refine((text) => pattern?.matches(text) === true, `must match ${hole.pattern}`);
  }
  const within = z.number().min(hole.least).max(hole.most);
  return hole.whole ? within.int() : within;
}

function compiled(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}

/** What writes may name besides the holes of the configuration: what was read before, and what is to be written. */
export const OWN_HOLES = ['was', 'version', 'value'] as const;

/**
 * Finds a mistake in the holes of templates; undefined when there is none.
 *
 * @param declared names of the configured holes
 * @param used names of those that templates use
 * @param own those of `OWN_HOLES` that there are as well
 */
export function mistakeInHoles(
  declared: readonly string[],
  used: readonly string[],
  own: readonly (typeof OWN_HOLES)[number][],
): string | undefined {
  const reserved = declared.find((name) => OWN_HOLES.some((one) => one === name));
  if (reserved !== undefined) return `a hole must not be called ${reserved}: that one is there already`;
  const known: ReadonlySet<string> = new Set([...declared, ...own]);
  const unknown = used.find((name) => !known.has(name));
  if (unknown === undefined) return undefined;
  return `there is no hole {${unknown}} here; there are ${[...known].map((name) => `{${name}}`).join(', ') || 'none'}`;
}
