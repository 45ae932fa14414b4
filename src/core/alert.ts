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
  const labels: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(source)) if (value !== '') labels[name] = value;
  return labels;
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
