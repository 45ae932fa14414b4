import { z } from 'zod';

const name = z.string().min(1).max(63);

const table = z.strictObject({
  /** The schema and the table, such as `public.orders`. */
  table: z.string().regex(/^[^.\0]{1,63}\.[^.\0]{1,63}$/, 'write schema.table'),
  /** The columns of its primary key, in their order. */
  key: z.array(name).min(1).max(8),
  /** The cluster's first one unless told. */
  database: name.optional(),
});

/** The part of the plugin's configuration that says what is compared. */
export const consistencyFields = {
  consistency: z
    .strictObject({
      /** The tables of each PostgreSQL cluster, by its name; Redis is compared as a whole. */
      tables: z.record(name, z.array(table).min(1)),
    })
    .optional(),
};

const fields = z.strictObject(consistencyFields);

/** That part as parsed. */
export type ConsistencyConfig = z.infer<typeof fields>;

/** One table as configured. */
export type TableConfig = z.infer<typeof table>;
