import type { Sample } from '../../clients/instant-query.js';

/** What came of one check: it is in order, it is not, or nobody can tell; and numbers for the metrics. */
export interface Finding {
  readonly says: 'ok' | 'not-ok' | 'untold';
  /** For people, on one line. */
  readonly detail: string;
  readonly values?: { readonly [name: string]: number };
}

/** The number of one centre, or why there is none. */
export type Told =
  { readonly told: true; readonly value: number; readonly at: number } | { readonly told: false; readonly why: string };

/** Makes a finding of a comparison. */
export function finding(isOk: boolean, detail: string, values: { readonly [name: string]: number }): Finding {
  return { says: isOk ? 'ok' : 'not-ok', detail, values: finite(values) };
}

/** Makes the finding that nobody can tell; `what` it is about comes first. */
export function untold(what: string, why: string): Finding {
  return { says: 'untold', detail: `${what} cannot be told: ${why}` };
}

/**
 * Finds the one number that a query gives for a centre: the series with that centre's label, or the only series when none
 * carries such a label.
 *
 * @param label the label that names centres
 */
export function numberOf(samples: readonly Sample[], label: string, center: string): Told {
  const perCenter = samples.some(({ labels }) => Object.hasOwn(labels, label));
  const own = perCenter ? samples.filter(({ labels }) => labels[label] === center) : samples;
  const [one] = own;
  if (one === undefined) return { told: false, why: `the query has no data${perCenter ? ` for ${center}` : ''}` };
  if (own.length > 1)
    return { told: false, why: `the query gives ${own.length} series${perCenter ? ` for ${center}` : ''}, not one` };
  if (Number.isNaN(one.value)) return { told: false, why: 'the query gives NaN' };
  return { told: true, value: one.value, at: one.at };
}

/** Infinity would not survive the journal's JSON. */
function finite(values: { readonly [name: string]: number }): { readonly [name: string]: number } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)));
}
