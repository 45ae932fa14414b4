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
}

/** What came of filling in a template: the value, or which part was missing. */
export type Rendered<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly detail: string };

/** A text or a tree of parameters with places to fill in, compiled once when the catalogue is loaded. */
export interface Template<T> {
  /** As the operator wrote it. */
  readonly source: Json;
  render(scope: Scope): Rendered<T>;
}

/** What a decision needs that does not depend on the alert: what templates read, and the limits across all runbooks. */
export interface Surroundings extends Pick<Scope, 'config' | 'topology'> {
  readonly governor: Governor;
}

/** Builds what templates may read for one alert; `topology.center` is the centre that the alert's `center` label names. */
export function scopeFor(
  subject: Pick<Alert, 'labels' | 'annotations' | 'fingerprint' | 'startsAt' | 'generatorURL'>,
  params: Scope['params'],
  surroundings: Pick<Surroundings, 'config' | 'topology'>,
): Scope {
  const centers = surroundings.topology['centers'];
  const named = subject.labels['center'];
  const center = named !== undefined && isRecord(centers) && Object.hasOwn(centers, named) ? centers[named] : undefined;
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
    topology: center === undefined ? surroundings.topology : { ...surroundings.topology, center },
  };
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
