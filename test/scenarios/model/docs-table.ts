import { readFileSync, writeFileSync } from 'node:fs';

const page = new URL('../../../docs/architecture.md', import.meta.url);

/**
 * Gives docs/architecture.md as it is, and as it would be with this table between its two marks; UPDATE_DOCS=1 writes it.
 *
 * @param name of the table: `<!-- name -->` and `<!-- /name -->` stand around it
 * @param rows with the heads of the columns first
 */
export function tableInDocs(name: string, rows: readonly (readonly string[])[]): { is: string; wanted: string } {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const text = readFileSync(page, 'utf8');
  const [before, rest = ''] = text.split(begin);
  const [, after] = rest.split(end);
  if (after === undefined) throw new Error(`${page.pathname} has no ${begin} and ${end}`);
  const wanted = `${before}${begin}\n\n${asMarkdown(rows)}\n\n${end}${after}`;
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, wanted);
  return { is: readFileSync(page, 'utf8'), wanted };
}

/** Writes a table in the way that Prettier leaves alone. */
function asMarkdown([head = [], ...body]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[], fill: string): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0, fill)).join(' | ')} |`;
  const rule = head.map(() => '');
  return [line(head, ' '), line(rule, '-'), ...body.map((row) => line(row, ' '))].join('\n');
}
