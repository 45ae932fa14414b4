import { z } from 'zod';
import { count } from '../catalog/guards-schema.js';
import { dnsLabel, duration, orOff } from '../catalog/schema-fields.js';
import { unknownWord } from '../catalog/suggestion.js';
import { DEFAULT_GOVERNOR, type Governor } from '../core/governor.js';

/** The limits across all runbooks that firebreak.yaml sets; the rest of the governor comes from the topology. */
export type GovernorSettings = Pick<Governor, 'changeBudget' | 'conflicts' | 'loop'>;

const changeBudget = z.strictObject({
  by: z.string().min(1).default('service'),
  limit: count.default(10),
  per: duration(1).prefault('1h'),
});

const loop = z.strictObject({ limit: count.default(3), per: duration(1).prefault('1h') });

const conflict = z.tuple([dnsLabel, dnsLabel], {
  error: 'must be two ids of plugins, such as [cut-over-center, evict-stale-cache]',
});

/** `governor` of firebreak.yaml; what is left out has the default of the core, and a spec compares the two. */
export const governorSchema = z.strictObject({
  changeBudget: orOff(changeBudget).prefault({}),
  conflicts: z
    .array(conflict)
    .default(() => DEFAULT_GOVERNOR.conflicts.map(([one, other]): [string, string] => [one, other])),
  loop: loop.prefault({}),
});

/** Gives the settings of the governor the shape that the core works with. */
export function governorFrom(settings: z.output<typeof governorSchema>): GovernorSettings {
  const { changeBudget: budget, conflicts, loop: refires } = settings;
  return Object.freeze({
    ...(budget === 'off' ? {} : { changeBudget: { by: budget.by, limit: budget.limit, perMs: budget.per } }),
    conflicts,
    loop: { limit: refires.limit, perMs: refires.per },
  });
}

/**
 * Warns of plugins in the table of conflicts that are not there: nothing is wrong with them, but perhaps with their names.
 * Of those in the default table nobody hears.
 */
export function warnOfConflicts({ conflicts }: GovernorSettings, plugins: readonly string[]): string[] {
  const known = new Set([...plugins, ...DEFAULT_GOVERNOR.conflicts.flat()]);
  const unknown = [...new Set(conflicts.flat())].filter((id) => !known.has(id));
  return unknown.map((id) => `governor.conflicts: ${unknownWord('there is no plugin', id, [...known], 'known')}`);
}
