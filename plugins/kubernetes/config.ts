import { z } from 'zod';
import { httpUrl } from '../clients/http.js';
import { positiveDuration } from '../clients/positive-duration.js';
import { timeoutSchema } from '../clients/timeout.js';
import { secret } from '../../src/plugin-sdk/index.js';

/** The names under which clusters and pools are configured, and by which steps call them. */
const configuredName = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);

/** A name as namespaces have it. */
export const dnsLabel = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'write a name of a-z, 0-9 and -');

/** A name as workloads and nodes have it. */
export const dnsName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/,
    'write a name of a-z, 0-9, - and .',
  );

/** The kinds of workload that the actions know. */
export const workloadKind = z.enum(['deployment', 'statefulset']);

/** One of them. */
export type WorkloadKind = z.infer<typeof workloadKind>;

// A lone * would be everything there is and will be.
const namePattern = z
  .string()
  .max(253)
  .regex(/^[a-z0-9][a-z0-9.-]*\*?$/, 'write a name, or the beginning of one with * after it, such as shop-*');

const path = z.string().startsWith('/', 'must be an absolute path');
const count = z.int().min(0).max(10_000);

const bounds = z
  .strictObject({ least: count.default(1), most: count })
  .refine(({ least, most }) => least <= most, { path: ['most'], message: 'must be least or more' });

const rule = z
  .strictObject({
    namespace: dnsLabel,
    kind: workloadKind,
    name: namePattern,
    /** How many replicas steps may give it; never none of them unless `least` is 0. */
    scale: bounds.optional(),
    /** May be restarted. */
    restart: z.boolean().default(false),
  })
  .refine(({ scale, restart }) => scale !== undefined || restart, 'say what may be done: scale, restart, or both');

const labelText = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9_./-]{0,251}[A-Za-z0-9])?$/);

const pool = z.strictObject({
  /** Labels that all nodes of the pool have. */
  selector: z
    .record(labelText, labelText)
    .refine((labels) => Object.keys(labels).length > 0, 'name at least one label'),
  /** So many of its nodes stay ready and open for new pods at least. */
  keep: z.int().min(1).max(10_000).default(1),
});

const auth = z.union(
  [
    z.strictObject({ token: secret() }),
    /** Read again for each request: such tokens are renewed. */
    z.strictObject({ tokenFile: path }),
    z.strictObject({ certificate: path, key: path }),
    /** The service account of the pod that Firebreak runs in. */
    z.literal('in-cluster'),
  ],
  'write { token }, { tokenFile }, { certificate, key } or in-cluster',
);

const cluster = z
  .strictObject({
    /** Address of the API server; in a pod, what Kubernetes calls it unless told. */
    server: httpUrl
      .refine((text) => text.startsWith('https://'), 'must begin with https://')
      .refine((text) => !/[?#]/.test(text), 'must have no query and no fragment')
      .optional(),
    /** File with the certificates to trust; those that come with Node unless told. */
    ca: path.optional(),
    auth,
    workloads: z.array(rule).max(1_000).default([]),
    pools: z.record(configuredName, pool).default({}),
    /** For each request with its answer. */
    timeout: timeoutSchema('5s'),
    /** How often is looked whether a rollout is done. */
    every: positiveDuration('2s'),
    /** Plans ask the server whether it would take the change (`dryRun=All`). */
    dryRun: z.boolean().default(true),
  })
  .refine(({ server, auth: given }) => server !== undefined || given === 'in-cluster', {
    path: ['server'],
    message: 'is needed outside of a cluster',
  })
  .refine(({ workloads, pools }) => workloads.length > 0 || Object.keys(pools).length > 0, {
    path: ['workloads'],
    message: 'name at least one workload or pool that may be changed',
  });

/** Configuration of the plugin: which clusters there are, and what may be changed there. */
export const configSchema = z.strictObject({
  clusters: z
    .record(configuredName, cluster)
    .refine((clusters) => Object.keys(clusters).length > 0, 'name at least one cluster'),
});

/** The plugin's configuration as parsed; times are in milliseconds. */
export type Config = z.infer<typeof configSchema>;

/** One cluster as parsed. */
export type ClusterConfig = Config['clusters'][string];

/** What may be done to the workloads that a pattern names. */
export type WorkloadRule = ClusterConfig['workloads'][number];

/** Where a workload is. */
export interface WorkloadRef {
  readonly cluster: string;
  readonly namespace: string;
  readonly kind: WorkloadKind;
  readonly name: string;
}

/** Gives the first rule that fits a workload; undefined when it may not be touched at all. */
export function ruleFor({ clusters }: Config, wanted: WorkloadRef): WorkloadRule | undefined {
  const fits = ({ namespace, kind, name }: WorkloadRule): boolean => {
    if (namespace !== wanted.namespace || kind !== wanted.kind) return false;
    return name.endsWith('*') ? wanted.name.startsWith(name.slice(0, -1)) : wanted.name === name;
  };
  return Object.hasOwn(clusters, wanted.cluster) ? clusters[wanted.cluster]?.workloads.find(fits) : undefined;
}
