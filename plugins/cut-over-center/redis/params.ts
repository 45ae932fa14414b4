import { z } from 'zod';
import { positiveDuration } from '../../clients/positive-duration.js';
import type { RedisConfig } from './config.js';

const nodeName = z.string().max(64);

/** Makes the schema of the parameters that name a primary and its replica. */
export function pairSchema(config: RedisConfig) {
  return z.strictObject(pairOf(config)).refine(twoNodes(config), TWO_NODES);
}

/** Parameters that name a primary and its replica. */
export type PairParams = z.infer<ReturnType<typeof pairSchema>>;

/** Makes the schema of the parameters of `redis-catch-up`. */
export function catchUpSchema(config: RedisConfig) {
  const fields = { ...pairOf(config), within: positiveDuration('5s'), mostBehind: bytes.default(16 * 1024 * 1024) };
  return z.strictObject(fields).refine(twoNodes(config), TWO_NODES);
}

/** Parameters of `redis-catch-up`; `within` is in milliseconds, `mostBehind` in bytes of the replication stream. */
export type CatchUpParams = z.infer<ReturnType<typeof catchUpSchema>>;

/** Makes the schema of the parameters of `redis-rejoin`. */
export function rejoinSchema(config: RedisConfig) {
  return z
    .strictObject({ cluster: clusterOf(config), node: nodeName, follow: nodeName })
    .refine(({ cluster, node, follow }) => twoNodes(config)({ cluster, from: node, to: follow }), {
      message: 'node and follow must be two different nodes of the cluster',
    });
}

/** Parameters of `redis-rejoin`. */
export type RejoinParams = z.infer<ReturnType<typeof rejoinSchema>>;

/** Makes the schema of the parameters of the probe `redis-lag`. */
export function lagSchema(config: RedisConfig) {
  const fields = { ...pairOf(config), most: bytes.default(1024 * 1024), silentFor: positiveDuration('15s') };
  return z.strictObject(fields).refine(twoNodes(config), TWO_NODES);
}

/** Parameters of `redis-lag`; `most` is in bytes of the replication stream, `silentFor` in milliseconds. */
export type LagParams = z.infer<ReturnType<typeof lagSchema>>;

const bytes = z.int().min(0);
const TWO_NODES = { message: 'from and to must be two different nodes of the cluster' };

const clusterOf = (config: RedisConfig) => z.enum(Object.keys(config.redis?.clusters ?? {}));

const pairOf = (config: RedisConfig) => ({ cluster: clusterOf(config), from: nodeName, to: nodeName });

function twoNodes(config: RedisConfig) {
  return ({ cluster, from, to }: { cluster: string; from: string; to: string }): boolean => {
    const nodes = config.redis?.clusters[cluster]?.nodes ?? {};
    return from !== to && Object.hasOwn(nodes, from) && Object.hasOwn(nodes, to);
  };
}
