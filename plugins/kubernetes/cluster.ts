import { z } from 'zod';
import { PluginError } from '../../src/plugin-sdk/index.js';
import type { ClusterConfig, WorkloadRef } from './config.js';
import { Connection, type Kubernetes } from './connection.js';
import { deploymentSchema, statefulSetSchema, type Workload } from './workload.js';

const PAGE = 20;
const MOST_PAGES = 100;

const listSchema = <Item extends z.ZodType>(item: Item) =>
  z.object({ metadata: z.object({ _continue: z.string().optional() }).default({}), items: z.array(item) });

const autoscaler = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    scaleTargetRef: z.object({ apiVersion: z.string().optional(), kind: z.string(), name: z.string() }),
  }),
});

const requirement = z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) });

const budget = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    selector: z
      .object({
        matchLabels: z.record(z.string(), z.string()).default({}),
        matchExpressions: z.array(requirement).default([]),
      })
      .optional(),
  }),
  status: z.object({ desiredHealthy: z.int().default(0), disruptionsAllowed: z.int().default(0) }).optional(),
});

const node = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string().min(1),
    resourceVersion: z.string().min(1),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.object({ unschedulable: z.boolean().default(false) }).default({ unschedulable: false }),
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) }).optional(),
});

/** A PodDisruptionBudget as far as it is looked at. */
export type Budget = z.infer<typeof budget>;

/** A node as far as it is looked at. */
export type ClusterNode = z.infer<typeof node>;

/** What a write is compared with, and whether it is only tried. */
export interface Write {
  /** Of the object as it was read: a later one is a conflict. */
  readonly resourceVersion: string;
  /** The server checks it as if, and changes nothing. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** What could not be looked at because the server does not permit it. */
export interface Hidden {
  readonly hidden: string;
}

/** One cluster: what the actions ask of its API server. Everything throws PluginError. */
export class Cluster {
  private readonly connection: Connection;

  /** Connects to nothing yet. */
  constructor(
    readonly name: string,
    readonly config: ClusterConfig,
    kubernetes: Kubernetes,
  ) {
    this.connection = new Connection(`the API server of ${name}`, config, kubernetes);
  }

  /** Reads a workload with its status. */
  async workload({ kind, namespace, name }: WorkloadRef, signal: AbortSignal): Promise<Workload> {
    const { apps } = this.connection.apis(signal);
    switch (kind) {
      case 'deployment':
        return {
          kind,
          ...(await this.ask(deploymentSchema, () => apps.readNamespacedDeployment({ namespace, name }))),
        };
      case 'statefulset':
        return {
          kind,
          ...(await this.ask(statefulSetSchema, () => apps.readNamespacedStatefulSet({ namespace, name }))),
        };
    }
  }

  /** Sets how many replicas there are to be, through the subresource that is there for it. */
  async scale({ kind, namespace, name }: WorkloadRef, replicas: number, write: Write): Promise<void> {
    const { apps } = this.connection.apis(write.signal);
    const metadata = { name, namespace, resourceVersion: write.resourceVersion };
    const body = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata, spec: { replicas } };
    const wanted = { namespace, name, body, ...managed(write) };
    const answer = z.object({ spec: z.object({ replicas: z.int().default(0) }).optional() });
    const scale = await this.ask(answer, () =>
      kind === 'deployment'
        ? apps.replaceNamespacedDeploymentScale(wanted)
        : apps.replaceNamespacedStatefulSetScale(wanted),
    );
    const given = scale.spec?.replicas ?? 0;
    if (given === replicas) return;
    const detail = `${this.connection.name} made ${given} replicas of the ${replicas} that were asked for`;
    throw new PluginError('refused-by-target', `${detail}: a webhook there decides otherwise`, false);
  }

  /** Gives the name of the autoscaler that decides how many replicas a workload has, if there is one. */
  async autoscalerOf(
    { kind, namespace, name }: WorkloadRef,
    signal: AbortSignal,
  ): Promise<string | undefined | Hidden> {
    const { autoscaling } = this.connection.apis(signal);
    const wanted = kind === 'deployment' ? 'Deployment' : 'StatefulSet';
    const found = await this.unlessHidden(() =>
      this.all(autoscaler, (page) => autoscaling.listNamespacedHorizontalPodAutoscaler({ namespace, ...page })),
    );
    if ('hidden' in found) return found;
    return found.find(({ spec: { scaleTargetRef: of } }) => of.kind === wanted && of.name === name)?.metadata.name;
  }

  /** Gives the PodDisruptionBudgets of a namespace. */
  budgets(namespace: string, signal: AbortSignal): Promise<readonly Budget[] | Hidden> {
    const { policy } = this.connection.apis(signal);
    return this.unlessHidden(() =>
      this.all(budget, (page) => policy.listNamespacedPodDisruptionBudget({ namespace, ...page })),
    );
  }

  /** Sets annotations of the pods that a workload makes, which replaces them all. */
  async annotatePods(
    { kind, namespace, name }: WorkloadRef,
    annotations: Readonly<Record<string, string>>,
    write: Write,
  ): Promise<void> {
    const { apps } = this.connection.apis(write.signal);
    const { resourceVersion } = write;
    const body = { metadata: { resourceVersion }, spec: { template: { metadata: { annotations } } } };
    const wanted = { namespace, name, body, ...managed(write) };
    await this.ask(z.object({ metadata: z.object({ uid: z.string() }) }), () =>
      kind === 'deployment' ? apps.patchNamespacedDeployment(wanted) : apps.patchNamespacedStatefulSet(wanted),
    );
  }

  /** Gives all nodes that have these labels. */
  nodes(labels: Readonly<Record<string, string>>, signal: AbortSignal): Promise<readonly ClusterNode[]> {
    const { core } = this.connection.apis(signal);
    const labelSelector = Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
    return this.all(node, (page) => core.listNode({ labelSelector, ...page }));
  }

  /** Closes a node for new pods or opens it, and sets an annotation or takes it away. */
  async schedule(
    name: string,
    change: { readonly unschedulable: boolean; readonly annotations: Readonly<Record<string, string | null>> },
    write: Write,
  ): Promise<void> {
    const { core } = this.connection.apis(write.signal);
    const { resourceVersion } = write;
    const { annotations } = change;
    // null takes the field away: that is how the API itself writes that a node is open
    const body = { metadata: { resourceVersion, annotations }, spec: { unschedulable: change.unschedulable || null } };
    await this.ask(node, () => core.patchNode({ name, body, ...managed(write) }));
  }

  /** Lets go of the connections. */
  close(): Promise<void> {
    return this.connection.close();
  }

  private async all<Item extends z.ZodType>(
    item: Item,
    read: (page: { limit: number; _continue?: string }) => Promise<unknown>,
  ): Promise<z.infer<Item>[]> {
    const items: z.infer<Item>[] = [];
    let next: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const wanted = next === undefined ? {} : { _continue: next };
      const answer = await this.ask(listSchema(item), () => read({ limit: PAGE, ...wanted }));
      items.push(...answer.items);
      next = answer.metadata._continue;
      if (next === undefined || next === '') return items;
    }
    throw new PluginError(
      'answer-too-long',
      `${this.connection.name} lists more than ${PAGE * MOST_PAGES} of them`,
      false,
    );
  }

  private async ask<Schema extends z.ZodType>(schema: Schema, call: () => Promise<unknown>): Promise<z.infer<Schema>> {
    const parsed = schema.safeParse(await call());
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new PluginError(
      'not-understood',
      `${this.connection.name} answered with something else than was asked for (${where})`,
      false,
    );
  }

  private async unlessHidden<Found extends object>(find: () => Promise<Found>): Promise<Found | Hidden> {
    try {
      return await find();
    } catch (error) {
      // 403 or 404: without the right to look, or in a cluster without that part of the API, the rest is still possible.
      if (!(error instanceof PluginError) || !['refused-by-target', 'unknown-name'].includes(error.code)) throw error;
      return { hidden: error.message };
    }
  }
}

function managed({ dryRun }: Write): { fieldManager: string; dryRun?: string } {
  return { fieldManager: 'firebreak', ...(dryRun ? { dryRun: 'All' } : {}) };
}
