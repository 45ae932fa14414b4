import { z } from 'zod';
import { clusterName, etcdClusterSchema, etcdKey } from '../../clients/etcd-config.js';
import { timeoutSchema } from '../../clients/timeout.js';
import { differs, ON_IS_OFF, switchFields } from '../stored-switch.js';

const cluster = etcdClusterSchema({
  ...switchFields,
  /** Those that steps may switch, also when etcd has no key for them yet; left out, all that have one. */
  features: z.array(etcdKey).min(1).optional(),
}).refine(differs, ON_IS_OFF);

const section = z.strictObject({
  clusters: z
    .record(clusterName, cluster)
    .refine((clusters) => Object.keys(clusters).length > 0, 'name at least one cluster'),
  timeout: timeoutSchema('2s'),
});

/** The part of the plugin's configuration that names etcd clusters. */
export const etcdFields = { etcd: section.optional() };

const fields = z.strictObject(etcdFields);

/** That part as parsed. */
export type EtcdFields = z.infer<typeof fields>;

/** What the part says, if it is there; `timeout` is in milliseconds. */
export type EtcdConfig = z.infer<typeof section>;
