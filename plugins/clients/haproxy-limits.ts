/** A frontend, or one server of a backend. */
export type HaproxyPlace = { readonly frontend: string } | { readonly backend: string; readonly server: string };

/**
 * Reads the answer to `show stat <proxy> <type> -1`: how many connections each of its rows takes at once, null for a
 * server without a limit. The row of a frontend is called `FRONTEND`; 0 means for it that it takes none.
 *
 * @returns undefined when the answer is no such table
 */
export function limitsIn(answer: string): ReadonlyMap<string, number | null> | undefined {
  const [header, ...rows] = answer.trim().split('\n');
  if (header === undefined || !header.startsWith('# pxname,svname,')) return undefined;
  const at = header.split(',').indexOf('slim');
  const cells = rows.map((row) => row.split(','));
  if (at < 0 || cells.some((row) => !/^\d*$/.test(row[at] ?? '?'))) return undefined;
  return new Map(cells.map((row) => [row[1] ?? '', row[at] === '' ? null : Number(row[at])]));
}
