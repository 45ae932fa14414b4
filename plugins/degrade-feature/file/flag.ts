import { createHash } from 'node:crypto';
import { z } from 'zod';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { Attribute } from './params.js';
import { notUnderstood, type Definitions } from './text.js';

const schema = z.looseObject({
  state: z.enum(['ENABLED', 'DISABLED']),
  variants: z.record(z.string(), z.unknown()),
  defaultVariant: z.string().nullish(),
  targeting: z.unknown().optional(),
});

/** One flag of a file. */
export interface Flag {
  readonly state: string;
  /** null when none is set. */
  readonly defaultVariant: string | null;
  readonly variants: readonly string[];
  /** Whether rules come before the default variant. */
  readonly hasTargeting: boolean;
  /** Hash of everything in it but one attribute. */
  readonly rest: (without: Attribute) => string;
}

/**
 * Finds a flag in what a file says.
 *
 * @throws PluginError `unknown-feature`, with names that are there; `not-understood`
 */
export function flagIn({ flags }: Definitions, feature: string): Flag {
  if (!Object.hasOwn(flags, feature)) {
    const known = Object.keys(flags).join(', ').slice(0, 300) || 'none';
    throw new PluginError('unknown-feature', `the file has no flag ${feature}; there are ${known}`, false);
  }
  const parsed = schema.safeParse(flags[feature]);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw notUnderstood(`flags.${feature}.${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const { data } = parsed;
  const { state, defaultVariant = null, variants, targeting } = data;
  return {
    state,
    defaultVariant,
    variants: Object.keys(variants),
    hasTargeting: typeof targeting === 'object' && targeting !== null && Object.keys(targeting).length > 0,
    rest: (without) => {
      const { [without]: _taken, ...rest } = data;
      return createHash('sha256').update(sorted(rest)).digest('hex');
    },
  };
}

/**
 * Gives the value of an attribute.
 *
 * @throws PluginError `not-understood` when there is none to go back to
 */
export function valueOf(flag: Flag, attribute: Attribute, feature: string): string {
  const value = flag[attribute];
  if (value !== null) return value;
  throw notUnderstood(`${feature} has no defaultVariant, so there is none to go back to: disable it instead`);
}

/** JSON whose members stand in the order of their names, whoever wrote it. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
