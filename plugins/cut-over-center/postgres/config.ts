import { z } from 'zod';
import { timeoutSchema } from '../../clients/timeout.js';
import { secret } from '../../../src/plugin-sdk/index.js';

const name = z.string().regex(/^[a-z0-9]([a-z0-9_.-]{0,38}[a-z0-9])?$/, 'must be a name of a-z, 0-9 and - _ .');
const database = z
  .string()
  .min(1)
  .max(63)
  .refine((text) => text !== 'postgres', 'postgres is for maintenance: Firebreak itself connects to it');

const rejoin = z.array(z.string().min(1)).min(1).optional();
const parts = {
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(5432),
  user: z.string().min(1).default('firebreak'),
  password: secret().optional(),
};
const node = z.union([z.strictObject({ ...parts, rejoin }), z.strictObject({ url: secret(), rejoin })]);

const cluster = z.strictObject({
  /** What applications use; all of them are cut over together, because streaming replication copies the whole server. */
  database: z.union([database, z.array(database).min(1)]).transform((one) => (Array.isArray(one) ? one : [one])),
  /** The servers by the ids of their centres; also the `application_name` with which each follows the primary. */
  nodes: z
    .record(name, node)
    .refine((nodes) => Object.keys(nodes).length >= 2, 'name at least two nodes: a primary and its standby'),
});

/** The part of the plugin's configuration that names PostgreSQL clusters. */
export const postgresFields = {
  postgres: z
    .strictObject({
      clusters: z.record(name, cluster).refine((all) => Object.keys(all).length > 0, 'name at least one cluster'),
      /** For each question to a server. */
      timeout: timeoutSchema('2s'),
      /** For a node's `rejoin` command: it may have to copy what differs. */
      rejoinTimeout: timeoutSchema('2m'),
    })
    .optional(),
};

const fields = z.strictObject(postgresFields);

/** The whole part as parsed: with the section, or without. */
export type PostgresFields = z.infer<typeof fields>;
/** The section as parsed; times are in milliseconds. */
export type PostgresConfig = NonNullable<PostgresFields['postgres']>;
/** One cluster as parsed. */
export type ClusterConfig = PostgresConfig['clusters'][string];
/** One node as parsed. */
export type NodeConfig = ClusterConfig['nodes'][string];
