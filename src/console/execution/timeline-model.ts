import type { Instant } from '../../core/alert.js';
import { sayDuration } from '../../core/duration.js';
import type { JournalEntry } from '../../core/event.js';
import type { Execution } from '../../core/execution.js';

/** One moment of the course of an execution. */
export interface Stage {
  readonly name: string;
  readonly at: Instant;
  /** Time since the moment before, in words; empty for the first one. */
  readonly after: string;
  /** Which colour the time before it has in the bar, 0 to 6. */
  readonly tint: number;
}

/** A piece of the bar, in thousandths of its length. */
export interface Segment {
  readonly x: number;
  readonly width: number;
  readonly tint: number;
}

/** The course of an execution, as a list and as a bar of proportional pieces. */
export interface TimelineModel {
  readonly stages: readonly Stage[];
  readonly segments: readonly Segment[];
  readonly total: string;
}

const LENGTH = 1_000;
/** What took no time to speak of is still to be seen. */
const LEAST = 12;

/**
 * Puts the moments in their order; while it goes on, the last one is now.
 *
 * @param now by the shared clock
 */
export function timelineModel(execution: Execution, journal: readonly JournalEntry[], now: Instant): TimelineModel {
  const known = momentsOf(execution, journal, now);
  const gaps = known.slice(1).map(({ at }, i) => at - (known[i]?.at ?? at));
  return {
    stages: known.map(({ name, at }, i) => {
      const gap = gaps[i - 1];
      return { name, at, after: gap === undefined ? '' : sayDuration(gap), tint: (i + 6) % 7 };
    }),
    segments: segmentsOf(gaps),
    total: sayDuration(gaps.reduce((sum, gap) => sum + gap, 0)),
  };
}

function momentsOf(execution: Execution, journal: readonly JournalEntry[], now: Instant) {
  const { timeline, closedAt } = execution;
  const moments: readonly (readonly [string, Instant | undefined])[] = [
    ['alert began', timeline.startsAt ?? execution.alert?.startsAt],
    ['received', timeline.receivedAt],
    ['decided and opened', timeline.openedAt],
    ['planned', journal.find(({ event }) => event.type === 'planned')?.at],
    ['approved', approvedAt(execution, journal)],
    ['first effect', timeline.firstEffectAt],
    ['applied', timeline.appliedAt],
    ['verified', timeline.verifiedAt],
    closedAt === undefined ? ['now', now] : ['closed', closedAt],
  ];
  return moments
    .flatMap(([name, at]) => (at === undefined ? [] : [{ name, at }]))
    .toSorted((one, other) => one.at - other.at);
}

/** The last agreement before anything was changed; one that was not enough is none. */
function approvedAt({ state, timeline: { firstEffectAt } }: Execution, journal: readonly JournalEntry[]) {
  const isAgreed = state.phase === 'awaiting-approval' && state.agreed !== undefined;
  const until = firstEffectAt ?? (isAgreed ? Infinity : 0);
  return journal.findLast(({ at, event }) => event.type === 'approved' && at <= until)?.at;
}

function segmentsOf(gaps: readonly number[]): Segment[] {
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  if (total === 0) return [];
  const raw = gaps.map((gap) => Math.max(LEAST, (gap / total) * LENGTH));
  const scale = LENGTH / raw.reduce((sum, width) => sum + width, 0);
  let x = 0;
  return raw.map((width, i) => {
    const segment = { x: Math.round(x), width: Math.max(1, Math.round(width * scale)), tint: i % 7 };
    x += width * scale;
    return segment;
  });
}
