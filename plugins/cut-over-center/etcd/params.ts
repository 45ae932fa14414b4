import { z } from 'zod';
import { etcdKey } from '../../clients/etcd-config.js';
import { parseDuration, type Json } from '../../../src/plugin-sdk/index.js';
import type { EtcdConfig } from './config.js';

const MAX_VALUE = 64 * 1024;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** etcd makes leases no shorter than its elections take. */
const MIN_LEASE_MS = 5_000;

const lease = z.string().refine((text) => {
  const parsed = parseDuration(text);
  return parsed.ok && parsed.ms % 1_000 === 0 && parsed.ms >= MIN_LEASE_MS && parsed.ms <= DAY_MS;
}, 'write a duration of whole seconds from 5s to 1d');

const value = z
  .union([z.string().min(1), z.number(), z.boolean(), z.array(z.json()), z.record(z.string(), z.json())])
  .refine((given) => Buffer.byteLength(textOf(given)) <= MAX_VALUE, 'has more than 64 KiB');

/**
 * Makes the schema of the parameters of `cut-over-center/etcd`.
 *
 * @param config decides which clusters a step may name, and which keys there
 */
export function paramsSchema(config: EtcdConfig | undefined) {
  return z
    .strictObject({ cluster: clusterSchema(config), key: etcdKey, value, lease: lease.optional() })
    .refine(({ cluster, key }) => config?.clusters[cluster]?.keys?.includes(key) ?? true, {
      path: ['key'],
      message: "is none that the plugin's configuration allows for this cluster",
    });
}

function clusterSchema(config: EtcdConfig | undefined): z.ZodType<string> {
  if (config !== undefined) return z.enum(Object.keys(config.clusters));
  return z.string().refine(() => false, 'no etcd is configured: name clusters under etcd of the plugin');
}

/** Parameters of `cut-over-center/etcd`. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

/** Gives a value as it is written to etcd: a text as it is, everything else as JSON. */
export function textOf(given: Json): string {
  return typeof given === 'string' ? given : JSON.stringify(given);
}

/** Gives for how many seconds the key is to live without being renewed; undefined when for ever. */
export function leaseSeconds({ lease: text }: Params): number | undefined {
  const parsed = text === undefined ? undefined : parseDuration(text);
  return parsed?.ok === true ? parsed.ms / 1_000 : undefined;
}
