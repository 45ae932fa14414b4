/**
 * Writes rows under a head, each column as wide as its widest cell.
 *
 * @param head names of the columns
 * @param rows a cell for each column
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [head, ...rows].map((row) => row.map(inOneLine));
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Writes names and values below each other, the values in one column; what has no value is left out. */
export function pairs(rows: readonly (readonly [name: string, value: string | undefined])[]): string[] {
  const known = rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, inOneLine(value)] as const]));
  const width = Math.max(0, ...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}

/** What others wrote never begins a line of its own. */
export function inOneLine(text: string): string {
  return text.replace(/\s*[\r\n\u0085\u2028\u2029]+\s*/g, ' ');
}
