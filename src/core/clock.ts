import type { Instant } from './alert.js';

/** Time, handed in from outside so that a test can turn it by hand. */
export interface Clock {
  /** The shared time. */
  now(): Instant;
  /** Runs something once after `ms` milliseconds; the answer stops it. */
  after(ms: number, run: () => void): () => void;
}
