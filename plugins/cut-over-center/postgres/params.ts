import { z } from 'zod';
import { timeoutSchema } from '../../clients/timeout.js';
import type { PostgresConfig } from './config.js';
import { mostSchema } from './lag.js';

/**
 * Makes the schema of the parameters that name a cluster and two of its nodes.
 *
 * @param config decides which names there are
 */
export function moveSchema(config: PostgresConfig | undefined) {
  return z
    .strictObject({ cluster: clusterSchema(config), from: nodeSchema(config), to: nodeSchema(config) })
    .refine(({ from, to }) => from !== to, 'from and to are the same node')
    .refine(({ cluster, from, to }) => has(config, cluster, from, to), 'from and to must be nodes of that cluster');
}

/** The same with how far the standby may be behind, and for how long to wait for it (in milliseconds). */
export function waitingMoveSchema(config: PostgresConfig | undefined) {
  return z
    .strictObject({
      cluster: clusterSchema(config),
      from: nodeSchema(config),
      to: nodeSchema(config),
      most: mostSchema('64MiB'),
      within: timeoutSchema('10s'),
    })
    .refine(({ from, to }) => from !== to, 'from and to are the same node')
    .refine(({ cluster, from, to }) => has(config, cluster, from, to), 'from and to must be nodes of that cluster');
}

/** Makes the schema of the parameters of `cut-over-center/postgres-rejoin`. */
export function rejoinSchema(config: PostgresConfig | undefined) {
  return z
    .strictObject({
      cluster: clusterSchema(config),
      node: nodeSchema(config),
      follow: nodeSchema(config),
      /** Whether no commit is acknowledged without the node from then on. */
      synchronous: z.boolean().default(true),
    })
    .refine(({ node, follow }) => node !== follow, 'node and follow are the same')
    .refine(({ cluster, node, follow }) => has(config, cluster, node, follow), 'both must be nodes of that cluster');
}

/** Makes the schema of a cluster's name. */
export function clusterSchema(config: PostgresConfig | undefined): z.ZodType<string> {
  return oneOf(Object.keys(config?.clusters ?? {}));
}

/** Makes the schema of a node's name. */
export function nodeSchema(config: PostgresConfig | undefined): z.ZodType<string> {
  return oneOf([...new Set(Object.values(config?.clusters ?? {}).flatMap(({ nodes }) => Object.keys(nodes)))]);
}

function oneOf(names: readonly string[]): z.ZodType<string> {
  if (names.length > 0) return z.enum(names);
  return z.string().refine(() => false, 'no PostgreSQL is configured: name clusters under postgres of the plugin');
}

function has(config: PostgresConfig | undefined, cluster: string, ...nodes: readonly string[]): boolean {
  const there = config?.clusters[cluster]?.nodes ?? {};
  return nodes.every((node) => Object.hasOwn(there, node));
}

/** Parameters that name a cluster and two of its nodes. */
export type Move = z.infer<ReturnType<typeof moveSchema>>;
/** The same with how far the standby may be behind and how long to wait for it. */
export type WaitingMove = z.infer<ReturnType<typeof waitingMoveSchema>>;
/** Parameters of `cut-over-center/postgres-rejoin`. */
export type Rejoin = z.infer<ReturnType<typeof rejoinSchema>>;
