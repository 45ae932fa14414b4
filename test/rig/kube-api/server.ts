import { z } from 'zod';
import type { Json } from '../../../src/plugin-sdk/index.js';
import type { SeenRequest, StandInAnswer } from '../stand-in.js';
import { permitted, verbOf, type Rule } from './access.js';
import type { Controller } from './controller.js';
import { thingSchema, type Thing } from './objects.js';
import { hasList, merged } from './patch.js';
import { discovery, placeOf, type Place } from './resources.js';
import { refusal, sayKind } from './status.js';
import type { Store } from './store.js';

/** Who somebody is, and what they may do. */
export interface User {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/** Looks at what is about to be written, dry runs too, and says why it must not be; undefined when it may. */
export type Admission = (wanted: Thing) => string | undefined;

const scaleBody = z.object({
  metadata: z.object({ resourceVersion: z.string().optional() }).optional(),
  spec: z.object({ replicas: z.int().min(0).default(0) }).optional(),
});

/** Answers requests as an API server does, for the few kinds that the stand-in knows. */
export class Server {
  admission: Admission = () => undefined;

  /** @param userOf tells who asks; undefined for nobody that is known */
  constructor(
    private readonly store: Store,
    private readonly controller: Controller,
    private readonly userOf: (request: SeenRequest) => User | undefined,
  ) {}

  /** Authentication, authorization, then the request itself, in the order of the real one. */
  answer(request: SeenRequest): StandInAnswer {
    const user = this.userOf(request);
    if (user === undefined) return refusal('Unauthorized', 'Unauthorized');
    const found = discovery(request.path);
    if (found !== undefined) return { status: 200, json: z.json().parse(found) };
    const place = placeOf(request.path);
    if (place === undefined) return { status: 404, text: '404 page not found\n' };
    const verb = verbOf(request, place);
    if (!permitted(user.rules, verb, place)) return refusal('Forbidden', sayForbidden(user, verb, place), place);
    const dryRun = request.query.getAll('dryRun');
    if (dryRun.some((text) => text !== 'All'))
      return refusal(
        'Invalid',
        ` "" is invalid: dryRun: Unsupported value: ${JSON.stringify(dryRun)}: supported values: "All"`,
        place,
      );
    if (place.name === undefined) return verb === 'list' ? this.list(request, place) : notAllowed();
    const thing = this.store.get(place);
    if (thing === undefined) return refusal('NotFound', `${sayKind(place)} "${place.name}" not found`, place);
    switch (verb) {
      case 'get':
        return { status: 200, json: shown(place.scale ? scaleOf(thing) : thing) };
      case 'patch':
        return this.patch(request, place, thing);
      case 'update':
        return place.scale ? this.replaceScale(request, place, thing) : notAllowed();
      default:
        return notAllowed();
    }
  }

  private list({ query }: SeenRequest, place: Place): StandInAnswer {
    const wanted = (query.get('labelSelector') ?? '').split(',').filter((text) => text !== '');
    const names = (query.get('fieldSelector') ?? '').split(',').filter((text) => text !== '');
    const all = this.store.list(place).filter(({ metadata: { labels = {}, name } }) => {
      const has = wanted.every((pair) => labels[pair.split('=')[0] ?? ''] === pair.split('=')[1]);
      return has && names.every((pair) => pair === `metadata.name=${name}`);
    });
    const from = Number(query.get('continue') ?? 0);
    const until = from + Number(query.get('limit') ?? all.length);
    const rest = all.length - until;
    const more = rest > 0 ? { continue: String(until), remainingItemCount: rest } : {};
    const { kind, group, version } = place.resource;
    // Objects in a list do not repeat what they are.
    const items = all.slice(from, until).map(({ apiVersion: _version, kind: _kind, ...thing }) => thing);
    const metadata = { resourceVersion: this.store.at, ...more };
    const apiVersion = group === '' ? version : `${group}/${version}`;
    return { status: 200, json: shown({ kind: `${kind}List`, apiVersion, metadata, items }) };
  }

  private patch(request: SeenRequest, place: Place, thing: Thing): StandInAnswer {
    const type = request.headers['content-type'];
    const body = jsonOf(request.body);
    if (body === undefined) return refusal('BadRequest', 'error decoding patch: invalid JSON');
    const strategic = type === 'application/strategic-merge-patch+json';
    if (type !== 'application/merge-patch+json' && !(strategic && !hasList(body)))
      return refusal(
        'UnsupportedMediaType',
        `the body of the request was in an unknown format - accepted media types include: application/merge-patch+json`,
      );
    if (place.scale) return this.putScale(request, place, thing, merged(shown(scaleOf(thing)), body));
    const next = thingSchema.safeParse(merged(shown(thing), body));
    if (!next.success)
      return refusal(
        'Invalid',
        `${place.resource.kind} "${place.name}" is invalid: ${next.error.issues[0]?.path.join('.')}`,
        place,
      );
    return this.put(request, place, thing, next.data);
  }

  private replaceScale(request: SeenRequest, place: Place, thing: Thing): StandInAnswer {
    const body = jsonOf(request.body);
    return body === undefined ? refusal('BadRequest', 'invalid JSON') : this.putScale(request, place, thing, body);
  }

  private putScale(request: SeenRequest, place: Place, thing: Thing, body: Json): StandInAnswer {
    const parsed = scaleBody.safeParse(body);
    if (!parsed.success) return refusal('Invalid', `Scale "${place.name}" is invalid: spec.replicas`, place);
    const { metadata, spec } = parsed.data;
    const version = metadata?.resourceVersion ?? thing.metadata.resourceVersion;
    const wanted = { ...thing, metadata: { ...thing.metadata, resourceVersion: version } };
    const next = { ...wanted, spec: { ...thing.spec, replicas: spec?.replicas ?? 0 } };
    return this.put(request, place, thing, next);
  }

  private put({ query }: SeenRequest, place: Place, was: Thing, wanted: Thing): StandInAnswer {
    if (wanted.metadata.resourceVersion !== was.metadata.resourceVersion || wanted.metadata.uid !== was.metadata.uid) {
      const advice = 'the object has been modified; please apply your changes to the latest version and try again';
      return refusal(
        'Conflict',
        `Operation cannot be fulfilled on ${sayKind(place)} "${place.name}": ${advice}`,
        place,
      );
    }
    const refused = this.admission(wanted);
    if (refused !== undefined) return refusal('Forbidden', refused, place);
    const dryRun = query.has('dryRun');
    const written = this.store.write(place.resource, wanted, dryRun);
    if (!dryRun && written !== was) {
      this.store.effects += 1;
      this.controller.wake(written);
    }
    return { status: 200, json: shown(place.scale ? scaleOf(written) : written) };
  }
}

function scaleOf({ metadata, spec, status }: Thing): Record<string, Json> {
  const { name, namespace = '', uid, resourceVersion, creationTimestamp } = metadata;
  const replicas = z.int().parse(spec?.['replicas'] ?? 0);
  const { matchLabels } = z.object({ matchLabels: z.record(z.string(), z.string()) }).parse(spec?.['selector']);
  const selector = Object.entries(matchLabels)
    .map((pair) => pair.join('='))
    .join(',');
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    // 0 is left out here, unlike in the workload itself.
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: z.int().parse(status?.['replicas'] ?? 0), selector },
  };
}

function sayForbidden({ name }: User, verb: string, place: Place): string {
  const { resource, namespace, scale } = place;
  const plural = `${resource.plural}${scale ? '/scale' : ''}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const object = place.name === undefined ? sayKind(place) : `${sayKind(place)} "${place.name}"`;
  return `${object} is forbidden: User "${name}" cannot ${verb} resource "${plural}" in API group "${resource.group}" ${where}`;
}

const notAllowed = () => refusal('MethodNotAllowed', 'the server does not allow this method on the requested resource');

function jsonOf(text: string): Json | undefined {
  try {
    return z.json().parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** As it goes over the wire: without what is undefined. */
function shown(value: unknown): Json {
  return z.json().parse(JSON.parse(JSON.stringify(value)));
}
