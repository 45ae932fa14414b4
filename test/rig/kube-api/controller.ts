import { z } from 'zod';
import { NOW, type Thing } from './objects.js';
import { withoutEmpty } from './patch.js';
import { RESOURCES } from './resources.js';
import type { Store } from './store.js';

/** How rollouts go: at once, never further than the first look, or with an error of the quota. */
export type Pace = 'quick' | 'held' | 'failing';

const counts = z.object({ replicas: z.int().default(0), readyReplicas: z.int().default(0) });
const spec = z.object({ replicas: z.int(), template: z.json() });

/** Does what the controllers of Deployments and StatefulSets do, as far as their status shows it: it runs no pods. */
export class Controller {
  pace: Pace = 'quick';
  /** By uid: the template that all pods are of. */
  private readonly running = new Map<string, string>();
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(private readonly store: Store) {}

  /** Takes a new workload over as it is, with all of its pods ready. */
  adopt(thing: Thing): void {
    this.settle(thing, 'quick');
  }

  /** Looks at a workload a little later, as controllers do. */
  wake(thing: Thing): void {
    if (thing.kind !== 'Deployment' && thing.kind !== 'StatefulSet') return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.again(thing);
    }, 5);
    this.timers.add(timer);
  }

  /** Goes on with all that was held, at the present pace. */
  proceed(): void {
    for (const resource of RESOURCES.filter(({ scale }) => scale))
      for (const thing of this.store.list({ resource, namespace: undefined })) this.again(thing);
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private again({ kind, metadata: { namespace, name, uid } }: Thing): void {
    const resource = RESOURCES.find((each) => each.kind === kind);
    const now = resource === undefined ? undefined : this.store.get({ resource, namespace, name });
    if (now?.metadata.uid === uid) this.settle(now, this.pace);
  }

  private settle(thing: Thing, pace: Pace): void {
    const resource = RESOURCES.find((each) => each.kind === thing.kind);
    if (resource === undefined) return;
    const { replicas, template } = spec.parse(thing.spec);
    const was = counts.parse(thing.status ?? {});
    const wanted = JSON.stringify(template);
    const { uid, generation = 1 } = thing.metadata;
    const isNew = this.running.get(uid) !== wanted;
    const ready = pace === 'quick' ? replicas : Math.min(replicas, was.readyReplicas);
    const there = pace === 'quick' ? replicas : Math.max(ready, pace === 'held' ? replicas : was.replicas);
    if (pace === 'quick') this.running.set(uid, wanted);
    const updated = pace === 'quick' ? replicas : isNew ? 0 : there;
    const revision = `${thing.metadata.name}-${generation}`;
    const status = withoutEmpty({
      observedGeneration: generation,
      replicas: there,
      updatedReplicas: updated,
      readyReplicas: ready,
      availableReplicas: ready,
      unavailableReplicas: thing.kind === 'Deployment' ? Math.max(0, replicas - ready) : 0,
    });
    const more =
      thing.kind === 'Deployment'
        ? { conditions: conditions(pace) }
        : { currentRevision: updated === there ? revision : 'old', updateRevision: revision };
    this.store.write(resource, { ...thing, status: { ...status, ...more } });
  }
}

function conditions(pace: Pace) {
  const at = { lastUpdateTime: NOW, lastTransitionTime: NOW };
  const available = {
    type: 'Available',
    status: 'True',
    reason: 'MinimumReplicasAvailable',
    message: 'Deployment has minimum availability.',
    ...at,
  };
  const progressing = {
    type: 'Progressing',
    status: 'True',
    reason: 'NewReplicaSetAvailable',
    message: 'ReplicaSet has successfully progressed.',
    ...at,
  };
  const quota = 'pods "web-1" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=3, limited: pods=3';
  const failing = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: quota, ...at };
  return pace === 'failing' ? [available, progressing, failing] : [available, progressing];
}
