import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { TableConfig } from './config.js';
import { BATCH } from './comparison.js';
import type { Page, Print, Side, Sides } from './sides.js';

/** Asks one database one question and gives its rows. */
export type Question = (sql: string, values: readonly string[]) => Promise<readonly unknown[]>;

const keyRow = z.object({ key: z.array(z.string()) });
const printRow = z.object({ key: z.array(z.string()), digest: z.string() });
const cursorSchema = z.tuple([z.int(), z.array(z.string())]);

/** How values are written as text, whatever the database or the role prefers. */
export const AS_TEXT = [
  `SET TimeZone = 'UTC'`,
  `SET DateStyle = 'ISO, MDY'`,
  `SET IntervalStyle = 'postgres'`,
  `SET extra_float_digits = 1`,
  `SET bytea_output = 'hex'`,
] as const;

/** Two PostgreSQL databases as sides of a comparison: some of their tables. A key is its table and its columns as text. */
export class PostgresSides implements Sides {
  private readonly identity: string;

  /**
   * @param tables by the operator's configuration, never by an alert: their names become part of questions
   * @param ask asks the database of a table on one side
   */
  constructor(
    private readonly tables: readonly TableConfig[],
    private readonly ask: (side: Side, table: TableConfig) => Question,
  ) {
    this.identity = createHash('sha256').update(JSON.stringify(tables)).digest('hex');
  }

  lineage(): Promise<string> {
    // A row's place in the order of its key is the same after a restart.
    return Promise.resolve(this.identity);
  }

  async about(): Promise<number> {
    let sum = 0;
    for (const table of this.tables) {
      const sql = 'SELECT greatest(reltuples, 0)::bigint::text AS size FROM pg_class WHERE oid = to_regclass($1)';
      const [row] = await this.ask('here', table)(sql, [nameOf(table)]);
      sum += Number(z.object({ size: z.string() }).parse(row ?? { size: '0' }).size);
    }
    return sum;
  }

  async page(side: Side, after: string | null): Promise<Page> {
    const [index, last] = after === null ? [0, []] : cursorSchema.parse(JSON.parse(after));
    const table = this.tables[index];
    if (table === undefined) return { keys: [], next: null };
    // With the table's name: a column may be called as the answer is, and would be taken for that.
    const columns = table.key.map((column) => `t.${quoted(column)}`).join(', ');
    const where = last.length === 0 ? '' : `WHERE (${columns}) > (${last.map((_, i) => `$${i + 1}`).join(', ')})`;
    const sql = `SELECT ${keyOf(table)} AS key FROM ${nameOf(table)} t ${where} ORDER BY ${columns} LIMIT ${BATCH}`;
    const rows = (await this.ask(side, table)(sql, last)).map((row) => keyRow.parse(row).key);
    const keys = rows.map((key) => JSON.stringify([index, key]));
    const end = rows.length === BATCH ? keys.at(-1) : undefined;
    if (end !== undefined) return { keys, next: end };
    return { keys, next: index + 1 < this.tables.length ? JSON.stringify([index + 1, []]) : null };
  }

  async prints(side: Side, keys: readonly string[]): Promise<(Print | null)[]> {
    const found = new Map<string, Print>();
    const wanted = keys.map((key) => cursorSchema.parse(JSON.parse(key)));
    for (const [index, table] of this.tables.entries()) {
      const own = wanted.filter(([one]) => one === index).map(([, key]) => key);
      if (own.length === 0) continue;
      const sql = `SELECT ${keyOf(table)} AS key, md5(t::text) AS digest FROM ${nameOf(table)} t WHERE ${among(table, own)}`;
      for (const row of await this.ask(side, table)(sql, own.flat())) {
        const { key, digest } = printRow.parse(row);
        found.set(JSON.stringify([index, key]), { digest });
      }
    }
    return keys.map((key) => found.get(key) ?? null);
  }

  async has(side: Side, keys: readonly string[]): Promise<boolean[]> {
    return (await this.prints(side, keys)).map((one) => one !== null);
  }

  name(key: string): string {
    const [index, columns] = cursorSchema.parse(JSON.parse(key));
    return `${this.tables[index]?.table ?? ''} ${columns.join(', ')}`.slice(0, 64);
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function nameOf({ table }: TableConfig): string {
  return table.split('.').map(quoted).join('.');
}

function keyOf({ key }: TableConfig): string {
  return `ARRAY[${key.map((column) => `t.${quoted(column)}::text`).join(', ')}]`;
}

/** As comparisons column by column, so that each value is read as what its column is. */
function among({ key }: TableConfig, wanted: readonly (readonly string[])[]): string {
  const one = (_: readonly string[], i: number): string =>
    `(${key.map((column, j) => `t.${quoted(column)} = $${i * key.length + j + 1}`).join(' AND ')})`;
  return wanted.map(one).join(' OR ');
}
