import { z } from 'zod';
import { sayDuration } from '../../../src/plugin-sdk/index.js';
import { acknowledgedWithout, type Heartbeat } from './heartbeat.js';
import { sayBytes } from './position.js';
import type { ServerState } from './state.js';
import type { Watch } from './watch.js';

/** How long after the last heartbeat a primary may have been lost for the heartbeat still to count, in milliseconds. */
export const COUNTS_FOR = 10_000;
/** The same when this process has not seen both, as after a restart: from the heartbeat until now. */
export const COUNTS_UNSEEN_FOR = 60_000;

/** How much the clock of a primary may be ahead of its standby's, in milliseconds: above, no age means anything. */
const CLOCKS_DIFFER_BY = 1_000;

/** What is known of a primary that can't be reached; goes through the journal. */
export const isolationSchema = z.strictObject({
  /** Time of the heartbeat that was judged, in milliseconds since 1970; null when there is none. */
  beat: z.number().nullable(),
  /** No commit can have been acknowledged there that the standby does not have. */
  lossless: z.boolean(),
  /** How far back they may reach, in seconds, and how much that may be, in bytes; null: nobody knows. */
  seconds: z.number().nullable(),
  bytes: z.number().nullable(),
});

/** What is known of a primary that can't be reached. */
export type Isolation = z.infer<typeof isolationSchema>;

// Coarse, because an approval is bound to them.
const SECONDS = [1, 2, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400, 604_800];
const BYTES = [64 * 1_024, 1_048_576, 16 * 1_048_576, 256 * 1_048_576, 4_096 * 1_048_576, 65_536 * 1_048_576];

/** A judgement, and why it is not "lossless". */
export interface Judgement {
  readonly isolation: Isolation;
  readonly because?: string;
}

/**
 * Judges whether a primary that can't be reached can have acknowledged a commit that its standby does not have. It can
 * not when the standby was its synchronous one up to the loss: whatever happens there since waits for it in vain.
 *
 * @param beat the last heartbeat that the standby has
 * @param from the primary's name
 * @param to the standby now
 * @param agreed time of the heartbeat that was judged before: as the same one is still the last, its age is not held against it
 */
export function judgeIsolation(
  beat: Heartbeat | undefined,
  from: string,
  to: ServerState,
  watch: Watch,
  agreed?: number | null,
): Judgement {
  const lost = (because: string): Judgement => {
    const [seconds, bytes] = [secondsLost(to, watch.lostFor(from), beat?.at), bytesLost(to, watch.lostFor(from), beat)];
    return { because, isolation: { beat: beat?.at ?? null, lossless: false, seconds, bytes } };
  };
  if (beat === undefined) return lost(`${to.name} has no heartbeat of ${from}`);
  const because = whyNoEvidence(beat, from, to) ?? (beat.at === agreed ? undefined : whyTooOld(beat, from, to, watch));
  if (because !== undefined) return lost(because);
  return { isolation: { beat: beat.at, lossless: true, seconds: 0, bytes: 0 } };
}

/** Says the possible loss, as an approver agrees to it. */
export function sayLoss({ lossless, seconds, bytes }: Isolation): string {
  if (lossless) return '0 B';
  const reach = seconds === null ? 'nobody knows how far back' : `of the last ${sayDuration(seconds * 1_000)}`;
  return bytes === null ? reach : `${reach}, about ${sayBytes(bytes)}`;
}

function whyNoEvidence(beat: Heartbeat, from: string, to: ServerState): string | undefined {
  if (beat.node !== from) return `the last heartbeat is of ${beat.node}, not of ${from}`;
  const without = acknowledgedWithout(beat, to.name);
  if (without !== undefined) return without;
  if (beat.at - to.now > CLOCKS_DIFFER_BY)
    return `the last heartbeat of ${from} is of the future by the clock of ${to.name}: one of the two is wrong`;
  if ((to.settledAt ?? beat.at) - beat.at <= COUNTS_FOR) return undefined;
  return `the heartbeats of ${from} had ended more than ${sayDuration(COUNTS_FOR)} before ${to.name} got its last commit`;
}

function whyTooOld(beat: Heartbeat, from: string, to: ServerState, watch: Watch): string | undefined {
  const lostAfter = watch.lostAfter(from, beat.at);
  if (lostAfter !== undefined && lostAfter <= COUNTS_FOR) return undefined;
  if (to.now - beat.at <= COUNTS_UNSEEN_FOR) return undefined;
  return `the last heartbeat of ${from} is more than ${sayDuration(COUNTS_UNSEEN_FOR)} old, and nobody watched when it was lost`;
}

/** From the last commit that the standby has to the moment when its primary was found to be away. */
function secondsLost(to: ServerState, lostFor = 0, beatAt = 0): number | null {
  const has = Math.max(to.settledAt ?? 0, beatAt);
  return has === 0 || has - to.now > CLOCKS_DIFFER_BY ? null : step((to.now - lostFor - has) / 1_000, SECONDS);
}

/** What the primary had written that was not here, and what it may have written since, at the rate it had. */
function bytesLost(to: ServerState, lostFor = 0, beat?: Heartbeat): number | null {
  if (beat === undefined || beat.at - to.now > CLOCKS_DIFFER_BY) return null;
  const unsent = Number(beat.position > to.written ? beat.position - to.written : 0n);
  const seconds = Math.max(0, to.now - lostFor - beat.at) / 1_000;
  return step(unsent + seconds * beat.rate * 1.5, BYTES);
}

function step(value: number, steps: readonly number[]): number | null {
  return steps.find((one) => one >= value) ?? null;
}
