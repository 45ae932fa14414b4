/** The settings that lie between a fault and the webhook, in milliseconds. */
export interface PathTimes {
  readonly scrapeInterval: number;
  readonly scrapeTimeout: number;
  readonly evaluationInterval: number;
  /** `query_offset` of the rule group: the rule looks that far into the past. */
  readonly queryOffset: number;
  readonly for: number;
  /** 0 on the direct path from Prometheus to Firebreak. */
  readonly groupWait: number;
}

/** One setting's part of the bound. */
export interface Term {
  readonly setting: 'scrape_interval' | 'evaluation_interval' | 'query_offset' | 'for' | 'group_wait';
  readonly ms: number;
}

/** How long it takes at most until Firebreak hears of a fault. */
export interface Bound {
  readonly terms: readonly Term[];
  /** When the target refuses connections. */
  readonly crashMs: number;
  /** When the target takes connections and does not answer: the scrape's time-out comes on top. */
  readonly hangMs: number;
  /** The setting that costs most; the first one of equals. */
  readonly largest: Term;
}

/** Prometheus to Alertmanager to Firebreak, as measured, with a reserve. */
export const TRANSPORT_MS = 50;

/**
 * Adds up the worst case: the fault comes just after a scrape, the bad sample just after an evaluation, and the alert is
 * pending for whole evaluations. The phases are fixed for the life of a Prometheus, so the worst case does happen.
 */
export function boundOf(times: PathTimes): Bound {
  const scrape: Term = { setting: 'scrape_interval', ms: times.scrapeInterval };
  const terms: readonly Term[] = [
    scrape,
    { setting: 'evaluation_interval', ms: times.evaluationInterval },
    { setting: 'query_offset', ms: times.queryOffset },
    { setting: 'for', ms: roundedUp(times.for, times.evaluationInterval) },
    { setting: 'group_wait', ms: times.groupWait },
  ];
  const crashMs = terms.reduce((sum, term) => sum + term.ms, TRANSPORT_MS);
  return {
    terms,
    crashMs,
    hangMs: crashMs + times.scrapeTimeout,
    largest: terms.reduce((largest, term) => (term.ms > largest.ms ? term : largest), scrape),
  };
}

function roundedUp(ms: number, step: number): number {
  return Math.ceil(ms / step) * step;
}
