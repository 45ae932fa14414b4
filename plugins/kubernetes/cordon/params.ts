import { z } from 'zod';
import { dnsName, type Config } from '../config.js';

/**
 * Makes the schema of the parameters of `kubernetes/cordon`.
 *
 * @param config decides which pools a step may name
 */
export function paramsSchema({ clusters }: Config) {
  const pools = [...new Set(Object.values(clusters).flatMap((cluster) => Object.keys(cluster.pools)))];
  return z
    .strictObject({ cluster: z.enum(Object.keys(clusters)), pool: poolSchema(pools), node: dnsName })
    .refine(({ cluster, pool }) => Object.hasOwn(clusters[cluster]?.pools ?? {}, pool), {
      path: ['pool'],
      message: 'is none of this cluster',
    });
}

function poolSchema(pools: readonly string[]): z.ZodType<string> {
  if (pools.length > 0) return z.enum(pools);
  return z.string().refine(() => false, 'no pool is configured: name nodes under pools of a cluster');
}

/** Parameters of `kubernetes/cordon`. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;
