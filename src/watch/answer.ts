import type { Reading } from '../plugin-host/host.js';

/** What is known of one standing probe, for one centre or for none. */
export interface StandingAnswer {
  readonly probe: string;
  /** What is asked: `<plugin>/<probe>`. */
  readonly asks: string;
  readonly center?: string;
  readonly everyMs: number;
  /** The last answer. */
  readonly last: Reading;
  /** The last one that said healthy or unhealthy; whoever cannot tell lets it grow old. */
  readonly told?: Reading;
}

/** Where it is known what standing probes said last. */
export interface StandingReports {
  /** What is known, in the order of the file; of those that have not answered yet there is nothing. */
  answers(): readonly StandingAnswer[];
}

/** Tells whether somebody knew an answer. */
export function isTold({ status }: Reading): boolean {
  return status === 'healthy' || status === 'unhealthy';
}
