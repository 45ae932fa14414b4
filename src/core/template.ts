import type { CenterMap, CentersNow } from './affinity.js';
import type { Alert, Labels } from './alert.js';
import type { Governor } from './governor.js';
import type { Json } from './json.js';

/** Everything a template may read; there is nothing else it could reach. */
export interface Scope {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly alert: {
    readonly name: string;
    readonly fingerprint: string;
    readonly startsAt: string;
    readonly generatorURL: string;
  };
  readonly params: { readonly [name: string]: Json };
  readonly config: { readonly [name: string]: Json };
  readonly topology: { readonly [name: string]: Json };
  /** Only for standing probes: the centre that is asked about. */
  readonly center?: Json;
  /** Only for messages: what would be said, and of which execution. */
  readonly message?: Json;
  readonly execution?: Json;
}

/** What came of filling in a template: the value, or which part was missing. */
export type Rendered<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly detail: string };

/** A text or a tree of parameters with places to fill in, compiled once when the catalogue is loaded. */
export interface Template<T> {
  /** As the operator wrote it. */
  readonly source: Json;
  render(scope: Scope): Rendered<T>;
}

/** What a decision needs that stands in files: what templates read, the limits across all runbooks, and the centres. */
export interface Surroundings extends Pick<Scope, 'config' | 'topology'> {
  readonly governor: Governor;
  readonly map: CenterMap;
}

/** All that a decision needs besides the alert and the time: its surroundings, and how the centres are now. */
export interface Circumstances extends Surroundings {
  readonly centers: CentersNow;
}

/**
 * Builds what templates may read for one alert: `topology.center` is the centre that its label `center` names, and
 * `topology.service` the service that its label `service` names.
 */
export function scopeFor(
  subject: Pick<Alert, 'labels' | 'annotations' | 'fingerprint' | 'startsAt' | 'generatorURL'>,
  params: Scope['params'],
  surroundings: Pick<Surroundings, 'config' | 'topology'>,
): Scope {
  const { topology } = surroundings;
  const center = partOf(topology, 'centers', subject.labels['center']);
  const service = partOf(topology, 'services', subject.labels['service']);
  return {
    labels: subject.labels,
    annotations: subject.annotations,
    alert: {
      name: subject.labels['alertname'] ?? '',
      fingerprint: subject.fingerprint,
      startsAt: new Date(subject.startsAt).toISOString(),
      generatorURL: subject.generatorURL,
    },
    params,
    config: surroundings.config,
    topology: {
      ...topology,
      ...(center === undefined ? {} : { center }),
      ...(service === undefined ? {} : { service }),
    },
  };
}

/** Gives one named centre or service of the topology as templates read it; undefined when it has none of that name. */
export function partOf(
  topology: Scope['topology'],
  kind: 'centers' | 'services',
  name: string | undefined,
): Json | undefined {
  const parts = topology[kind];
  return name !== undefined && isRecord(parts) && Object.hasOwn(parts, name) ? parts[name] : undefined;
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
