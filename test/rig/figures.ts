/** Gives the nearest-rank percentile, or nothing for no values. */
export function percentile(values: readonly number[], percent: number): number | undefined {
  const sorted = values.toSorted((x, y) => x - y);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}

/** Writes milliseconds with a separator for thousands, or a dash for nothing. */
export function milliseconds(value: number | undefined): string {
  return value === undefined ? '-' : Math.round(value).toLocaleString('en-US');
}

/** Lays out rows as right-aligned columns, as wide as their widest cell or the given least width. */
export function columns(rows: readonly (readonly string[])[], leastWidth = 0): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? leastWidth, cell.length)));
  return rows.map((row) => row.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  '));
}
