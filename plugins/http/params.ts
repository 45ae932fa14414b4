import { z } from 'zod';
import { valuesSchema, type Hole } from '../clients/templated/holes.js';

/**
 * Makes the schema of the parameters that name one configured thing and fill its holes.
 *
 * @param key what the parameter is called that names it
 * @param named what may be named, with its holes
 * @param none what is said when there is nothing to name
 */
export function paramsSchema(
  key: 'operation' | 'probe',
  named: Readonly<Record<string, { readonly holes: Readonly<Record<string, Hole>> }>>,
  none: string,
): z.ZodType<Params> {
  const [first, ...rest] = Object.entries(named).map(([name, { holes }]) => {
    const values = valuesSchema(holes);
    const given = Object.keys(holes).length === 0 ? values.default({}) : values;
    return z
      .strictObject({ [key]: z.literal(name), values: given })
      .transform((parsed): Params => ({ name, values: given.parse(parsed.values) }));
  });
  if (first === undefined) return z.never(none);
  return z.discriminatedUnion(key, [first, ...rest]);
}

/** What the parameters of a step or a probe say. */
export interface Params {
  /** Of the operation or probe. */
  readonly name: string;
  /** What fills its holes. */
  readonly values: Readonly<Record<string, string | number | boolean>>;
}
