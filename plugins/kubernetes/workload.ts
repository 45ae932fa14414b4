import { z } from 'zod';
import type { WorkloadRef } from './config.js';

const count = z.int().min(0);
/** The API leaves out what is 0. */
const counted = count.default(0);
const texts = z.record(z.string(), z.string()).default({});
const share = z.union([count, z.string().regex(/^\d{1,3}%$/)]);

const metadata = z.object({
  uid: z.string().min(1),
  resourceVersion: z.string().min(1),
  generation: count,
});

// Loose: whether anything in it has changed is seen by its digest.
const template = z.looseObject({
  metadata: z.looseObject({ annotations: texts, labels: texts }).default({ annotations: {}, labels: {} }),
});

const condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
});

const status = z.object({
  observedGeneration: counted,
  replicas: counted,
  updatedReplicas: counted,
  readyReplicas: counted,
  availableReplicas: counted,
  conditions: z.array(condition).default([]),
  currentRevision: z.string().optional(),
  updateRevision: z.string().optional(),
});

const noStatus = status.parse({});

/** A Deployment as far as the actions look at it. */
export const deploymentSchema = z.object({
  metadata,
  spec: z.object({
    replicas: count,
    paused: z.boolean().default(false),
    strategy: z
      .object({
        type: z.enum(['RollingUpdate', 'Recreate']),
        rollingUpdate: z.object({ maxUnavailable: share.optional(), maxSurge: share.optional() }).optional(),
      })
      .default({ type: 'RollingUpdate' }),
    template,
  }),
  status: status.default(noStatus),
});

/** A StatefulSet as far as the actions look at it. */
export const statefulSetSchema = z.object({
  metadata,
  spec: z.object({
    replicas: count,
    updateStrategy: z
      .object({
        type: z.enum(['RollingUpdate', 'OnDelete']),
        rollingUpdate: z.object({ partition: counted, maxUnavailable: share.optional() }).optional(),
      })
      .default({ type: 'RollingUpdate' }),
    template,
  }),
  status: status.default(noStatus),
});

/** A Deployment or StatefulSet as it was read. */
export type Workload =
  | ({ readonly kind: 'deployment' } & z.infer<typeof deploymentSchema>)
  | ({ readonly kind: 'statefulset' } & z.infer<typeof statefulSetSchema>);

/** How plans of this plugin name a workload. */
export function resourceOf({ cluster, namespace, kind, name }: WorkloadRef): string {
  return `kubernetes/${cluster}/${namespace}/${kind}/${name}`;
}

/** What people call a workload in messages. */
export function sayWorkload({ cluster, namespace, kind, name }: WorkloadRef): string {
  return `${kind} ${namespace}/${name} of ${cluster}`;
}
