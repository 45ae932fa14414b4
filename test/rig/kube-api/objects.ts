import { z } from 'zod';
import type { Json } from '../../../src/plugin-sdk/index.js';

const meta = z
  .object({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string(),
    resourceVersion: z.string(),
    generation: z.int().optional(),
    creationTimestamp: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  })
  .strict();

/** An object of the API, in the shape in which it goes over the wire. */
export const thingSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: meta,
  spec: z.record(z.string(), z.json()).optional(),
  status: z.record(z.string(), z.json()).optional(),
});

/** The same, parsed. */
export type Thing = z.infer<typeof thingSchema>;

/** What an object is made of, before the server adds to it. */
export interface Made {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly spec: Record<string, Json>;
  readonly status?: Record<string, Json>;
}

const template = (name: string): Json => ({
  metadata: { labels: { app: name } },
  spec: {
    containers: [
      {
        name: 'main',
        image: `registry.internal/${name}:1`,
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  },
});

/** A Deployment with the defaults that the server fills in. */
export function deployment(namespace: string, name: string, replicas: number, more: Record<string, Json> = {}): Made {
  return {
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: template(name),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...more,
    },
  };
}

/** A StatefulSet with the defaults that the server fills in. */
export function statefulSet(namespace: string, name: string, replicas: number, more: Record<string, Json> = {}): Made {
  return {
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: template(name),
      serviceName: name,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      ...more,
    },
  };
}

/** A node that is ready, or not. */
export function node(name: string, labels: Record<string, string>, ready = true): Made {
  return {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] },
    status: {
      conditions: [
        {
          type: 'MemoryPressure',
          status: 'False',
          reason: 'KubeletHasSufficientMemory',
          lastHeartbeatTime: NOW,
          lastTransitionTime: NOW,
        },
        {
          type: 'Ready',
          status: ready ? 'True' : 'Unknown',
          reason: 'KubeletReady',
          lastHeartbeatTime: NOW,
          lastTransitionTime: NOW,
        },
      ],
      addresses: [{ type: 'InternalIP', address: '10.0.0.9' }],
    },
  };
}

/** A namespace. */
export function namespace(name: string): Made {
  const labels = { 'kubernetes.io/metadata.name': name };
  return { metadata: { name, labels }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
}

/** An autoscaler of a workload. */
export function autoscaler(namespace: string, name: string, kind: string, of: string): Made {
  return {
    metadata: { name, namespace },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind, name: of }, minReplicas: 2, maxReplicas: 9 },
    status: { currentReplicas: 3, desiredReplicas: 3 },
  };
}

/** A PodDisruptionBudget for the pods of a workload. */
export function budget(namespace: string, name: string, of: string, desiredHealthy: number): Made {
  return {
    metadata: { name, namespace },
    spec: { minAvailable: desiredHealthy, selector: { matchLabels: { app: of } } },
    status: {
      currentHealthy: 3,
      desiredHealthy,
      disruptionsAllowed: 3 - desiredHealthy,
      expectedPods: 3,
      observedGeneration: 1,
    },
  };
}

/** When all of it was made: the API writes whole seconds. */
export const NOW = '2026-01-02T03:04:05Z';
