import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { NOW, type Made, type Thing } from './objects.js';
import { RESOURCES, type Place, type Resource } from './resources.js';

const fields = z.record(z.string(), z.json());

/** All objects, with one counter for their versions as etcd has it. */
export class Store {
  private readonly things = new Map<string, Thing>();
  private version = 1_000;
  /** How many writes of clients have changed something. */
  effects = 0;

  /** Forgets everything. */
  clear(): void {
    this.things.clear();
  }

  /** Puts an object there as if it had just been created. */
  add(kind: string, made: Made): Thing {
    const resource = RESOURCES.find((each) => each.kind === kind);
    if (resource === undefined) throw new Error(`the stand-in knows no ${kind}`);
    const thing: Thing = {
      apiVersion: resource.group === '' ? resource.version : `${resource.group}/${resource.version}`,
      kind,
      metadata: {
        ...made.metadata,
        uid: randomUUID(),
        resourceVersion: this.next(),
        ...(resource.generation ? { generation: 1 } : {}),
        creationTimestamp: NOW,
      },
      spec: fields.parse(made.spec),
      ...(made.status === undefined ? {} : { status: fields.parse(made.status) }),
    };
    this.things.set(keyOf(resource, made.metadata.namespace, made.metadata.name), thing);
    return thing;
  }

  /** Gives one. */
  get({ resource, namespace, name = '' }: Pick<Place, 'resource' | 'namespace' | 'name'>): Thing | undefined {
    return this.things.get(keyOf(resource, namespace, name));
  }

  /** Gives all of a kind, in the order of their names. */
  list({ resource, namespace }: Pick<Place, 'resource' | 'namespace'>): Thing[] {
    const all = [...this.things.values()].filter(({ kind, metadata }) => {
      return kind === resource.kind && (namespace === undefined || metadata.namespace === namespace);
    });
    return all.toSorted((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1));
  }

  /**
   * Writes an object that was there, with what the server counts; the same again is no write.
   *
   * @param dryRun gives what would be written, and forgets it
   */
  write(resource: Resource, wanted: Thing, dryRun = false): Thing {
    const key = keyOf(resource, wanted.metadata.namespace, wanted.metadata.name);
    const was = this.things.get(key);
    if (was !== undefined && isDeepStrictEqual(plain(was), plain(wanted))) return was;
    const changes = resource.generation && !isDeepStrictEqual(was?.spec, wanted.spec);
    const generation = resource.generation ? { generation: (was?.metadata.generation ?? 0) + (changes ? 1 : 0) } : {};
    // What is only tried keeps its version, as with the real one.
    const resourceVersion = dryRun ? (was?.metadata.resourceVersion ?? '') : this.next();
    const written = { ...wanted, metadata: { ...wanted.metadata, ...generation, resourceVersion } };
    if (!dryRun) this.things.set(key, written);
    return written;
  }

  /** Where the counter stands. */
  get at(): string {
    return String(this.version);
  }

  private next(): string {
    this.version += 1;
    return String(this.version);
  }
}

const keyOf = ({ plural }: Resource, namespace: string | undefined, name: string) =>
  `${plural}/${namespace ?? ''}/${name}`;

function plain({ metadata: { resourceVersion: _version, generation: _generation, ...metadata }, ...rest }: Thing) {
  return { ...rest, metadata };
}
