/** Upper bounds of the histograms, each about what is measured; in seconds. */
export const BUCKETS = {
  /** Milliseconds are usual; Alertmanager gives up after ten seconds. */
  acknowledged: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  request: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  /** A question gets ten seconds at most, an effect what its step says: usually half a minute. */
  call: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  probe: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.3, 0.5, 1, 2.5, 5, 10],
  /** Fine around what is wanted of a cut-over: 12 s, or 22 s at most. */
  recovery: [0.25, 0.5, 1, 2.5, 5, 8, 10, 12, 15, 22, 30, 60, 120, 300, 900, 1800, 3600],
  /** From a moment to a lease of a day. */
  execution: [1, 5, 10, 30, 60, 300, 900, 1800, 3600, 14_400, 86_400],
  /** What people take; `within` is a quarter of an hour unless told. */
  approval: [1, 5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 14_400, 86_400],
  /** 10, 50, 200, 500 and 1000 ms, as everywhere for fallbacks of a configuration. */
  fallback: [0.01, 0.05, 0.2, 0.5, 1],
} as const satisfies { readonly [name: string]: readonly number[] };
