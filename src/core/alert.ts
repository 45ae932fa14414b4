import { fingerprintOf } from './fingerprint.js';

/** A moment, in milliseconds since the epoch, by the clock that all processes share (Redis `TIME`). */
export type Instant = number;

/** Names and values without a prototype, so that no inherited name (`toString`) can pass for a label. */
export type Labels = Readonly<Record<string, string>>;

/** One alert as a source reported it. */
export interface Alert {
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: Instant;
  /** Known for resolved alerts only. */
  readonly endsAt?: Instant;
  readonly generatorURL: string;
}

/** Copies names and values into an object without a prototype and drops empty values, which mean "absent" in Prometheus. */
export function labelsFrom(source: Readonly<Record<string, string>>): Labels {
  const labels = withoutPrototype();
  for (const [name, value] of Object.entries(source)) if (value !== '') labels[name] = value;
  return labels;
}

function withoutPrototype(): Record<string, string> {
  const made: unknown = Object.create(null);
  if (isRecord(made)) return made;
  throw new Error('unreachable: an object without prototype is an object');
}

function isRecord(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null;
}

/**
 * Names the alert for a person: its `alertname`, or its fingerprint when it has none.
 */
export function alertName(alert: Alert): string {
  return alert.labels['alertname'] ?? alert.fingerprint;
}

/** Gives the fingerprint that Alertmanager gives to an alert with these labels. */
export function alertFingerprint(labels: Labels): string {
  return fingerprintOf(labels);
}
