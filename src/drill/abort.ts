import type { Drill } from './drill-schema.js';
import type { Measures } from './ports.js';

/**
 * Says which abort criterion holds, if any.
 *
 * @throws Error when one of them cannot be asked or says nothing: it would protect nobody
 */
export async function tooBad({ abortIf }: Drill['spec'], measures: Measures): Promise<string | undefined> {
  for (const { query, is } of abortIf) {
    const values = await measures.now(query);
    const known = values.filter((value) => !Number.isNaN(value));
    const bad = known.find((value) => is.holds(value));
    if (bad !== undefined) return `${query} is ${bad}, and that is ${is.text}`;
    if (known.length === 0)
      throw new Error(`${query} says nothing: ${values.length === 0 ? 'no data' : 'not a number'}`);
  }
  return undefined;
}
