import { z } from 'zod';
import { parseDuration, sayDuration } from '../../../src/plugin-sdk/index.js';
import { sayBytes } from './position.js';
import type { ServerState } from './state.js';

/** How far a standby is behind its primary. */
export interface Lag {
  readonly bytes: number;
  readonly seconds: number;
}

/** How far it may be behind: so many milliseconds, or so many bytes. */
export type MostLag = { readonly ms: number } | { readonly bytes: number };

const BYTES = /^(\d+)\s*(B|KiB|MiB|GiB)$/;
const FACTORS: Readonly<Record<string, number>> = { B: 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 };

/**
 * Makes the schema of a limit of the lag: a Prometheus duration such as `5s`, or bytes such as `16MiB`.
 *
 * @param preset what holds when none is given
 */
export function mostSchema(preset: string) {
  return z
    .string()
    .default(preset)
    .transform((text, context): MostLag => {
      const [, digits, unit = ''] = BYTES.exec(text) ?? [];
      if (digits !== undefined) return { bytes: Number(digits) * (FACTORS[unit] ?? 1) };
      const parsed = parseDuration(text);
      if (parsed.ok) return { ms: parsed.ms };
      context.addIssue({ code: 'custom', message: 'write a duration such as 5s, or bytes such as 16MiB' });
      return z.NEVER;
    });
}

/** Measures the lag between two servers, as both say themselves. */
export function lagOf(primary: ServerState, standby: ServerState): Lag {
  const bytes = Number(primary.settled > standby.settled ? primary.settled - standby.settled : 0n);
  // Nothing to replay is no lag, however long ago the last commit was.
  const seconds = bytes === 0 ? 0 : Math.max(0, primary.now - (standby.settledAt ?? 0)) / 1_000;
  return { bytes, seconds };
}

/** Tells whether a lag is above its limit. */
export function isAbove(lag: Lag, most: MostLag): boolean {
  return 'ms' in most ? lag.seconds * 1_000 > most.ms : lag.bytes > most.bytes;
}

/** Says a lag for people. */
export function sayLag({ bytes, seconds }: Lag): string {
  return bytes === 0 ? 'nothing' : `${sayBytes(bytes)} (${sayDuration(seconds * 1_000)})`;
}

/** Says a limit for people. */
export function sayMost(most: MostLag): string {
  return 'ms' in most ? sayDuration(most.ms) : sayBytes(most.bytes);
}
