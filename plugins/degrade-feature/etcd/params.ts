import { z } from 'zod';
import { etcdKey } from '../../clients/etcd-config.js';
import { configuredName, NOT_LISTED } from '../switch-params.js';
import type { EtcdConfig } from './config.js';

/**
 * Makes the schema of the parameters of `degrade-feature/etcd`.
 *
 * @param config decides which clusters a step may name, and which features there
 */
export function paramsSchema(config: EtcdConfig | undefined) {
  const missing = 'no etcd is configured: name clusters under etcd of the plugin';
  return z
    .strictObject({
      cluster: configuredName(config?.clusters, missing),
      feature: etcdKey,
      enabled: z.boolean().default(false),
    })
    .refine(({ cluster, feature }) => config?.clusters[cluster]?.features?.includes(feature) ?? true, NOT_LISTED);
}

/** Parameters of `degrade-feature/etcd`. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;
