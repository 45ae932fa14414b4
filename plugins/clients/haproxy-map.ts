/** Paths that can be put into a command as they are: absolute, no white space, `;`, quotes or backslashes. */
export const HAPROXY_FILE = /^\/[A-Za-z0-9_./-]{1,250}$/;

/**
 * Reads the answer to `show map <file>`: the values of one key, in HAProxy's order, of which the first counts.
 *
 * @returns undefined when the answer is no list of entries
 */
export function entriesOf(answer: string, key: string): readonly string[] | undefined {
  const rows = answer
    .trim()
    .split('\n')
    .filter((row) => row !== '');
  // Each row: a reference to the entry, the key, and the value, which is the rest of the line.
  const cells = rows.map((row) => /^0x[0-9a-f]+ (\S+) ?(.*)$/.exec(row));
  if (cells.includes(null)) return undefined;
  return cells.flatMap((one) => (one?.[1] === key ? [one[2] ?? ''] : []));
}
