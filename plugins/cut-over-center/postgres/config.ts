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
const url = secret().refine(
  isAddress,
  'must be postgresql://user:password@host:port/...: characters such as / ? # % in the password are written as %2F %3F %23 %25 (not shown here, because it holds the password)',
);
const node = z.union([z.strictObject({ ...parts, rejoin }), z.strictObject({ url, rejoin })]);

/** Half a password behind an unescaped `/` is taken for a path: the host would be another one. */
function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, pathname, search, hash } = new URL(text);
  if (!['postgres:', 'postgresql:'].includes(protocol) || hostname === '' || hash !== '') return false;
  return !`${pathname}${search}`.includes('@') && [username, password].every(isEscaped);
}

function isEscaped(text: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(text);
}

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
