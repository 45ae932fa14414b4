import type { Look, Write } from './ledger.js';

/** What is looked at after one cut-over. */
export interface Evidence {
  /** The centre that served before, and the one that does now. */
  readonly from: string;
  readonly to: string;
  /** When the fault happened: by the calendar and by `tick`. */
  readonly faultAt: number;
  readonly faultTick: number;
  /** Everything that was written since the drill began; a row that got lost in an earlier run counts too. */
  readonly writes: readonly Write[];
  /** What was seen of both databases since the run began. */
  readonly looks: readonly Look[];
  /** Ids of all rows on the new side, read after the last of `writes`. */
  readonly rows: ReadonlySet<string>;
}

/** What came of one cut-over; everything that must not be is named. */
export interface Judgement {
  /** Writes acknowledged since the fault, on either side. */
  readonly acknowledged: number;
  /** Requests of users that failed since the fault. */
  readonly failed: number;
  /** Acknowledged at any time, and not among the rows of the new side: must be empty. */
  readonly missing: readonly string[];
  /** Ids of writes that the old side acknowledged after the new side's first: must be empty. */
  readonly bothSides: readonly string[];
  /** How long both databases would have let users write, in milliseconds; 0 unless the old one could not be reached. */
  readonly bothOpenMs: number;
  /** Writes that insiders of the old side tried after the new side's first acknowledged one. */
  readonly refusedInside: number;
  /** From the fault to the first write of a user that the new side acknowledged. */
  readonly backMs: number | undefined;
  /** The longest time in which no user's write was acknowledged. */
  readonly silenceMs: number | undefined;
}

/** Judges one cut-over by what writers and insiders have written down, never by what Firebreak says. */
export function judge(evidence: Evidence): Judgement {
  const { from, to, faultAt, faultTick, writes, rows } = evidence;
  const since = writes.filter((write) => write.doneAt >= faultAt);
  const acknowledged = since.filter((write) => write.acknowledged);
  const users = acknowledged.filter((write) => write.by === 'user');
  const onNew = acknowledged.filter((write) => write.center === to && (write.committed ?? 0) > faultTick);
  const firstOnNew = Math.min(...onNew.map((write) => write.committed ?? Infinity));
  const oldAfter = since.filter((write) => write.center === from && (write.committed ?? Infinity) > firstOnNew);
  const back = users.filter((write) => write.center === to && write.sentAt >= faultAt).map((write) => write.doneAt);
  return {
    acknowledged: acknowledged.length,
    failed: since.filter((write) => write.by === 'user' && !write.acknowledged).length,
    missing: writes.filter((write) => write.acknowledged && !rows.has(write.id)).map((write) => write.id),
    bothSides: oldAfter.filter((write) => write.acknowledged).map((write) => write.id),
    bothOpenMs: overlap(spans(evidence.looks, from), spans(evidence.looks, to)),
    refusedInside: oldAfter.filter((write) => write.by === 'local' && !write.acknowledged).length,
    backMs: back.length === 0 ? undefined : Math.min(...back) - faultAt,
    silenceMs: longestSilence(writes, faultAt),
  };
}

type Span = readonly [from: number, to: number];

/** From the first to the last of looks in a row that found the database open to writes: so long at least it was. */
function spans(looks: readonly Look[], center: string): readonly Span[] {
  const found: [number, number][] = [];
  let open = false;
  for (const { at, state } of looks.filter((one) => one.center === center)) {
    const last = found.at(-1);
    if (state !== 'accepts') open = false;
    else if (open && last !== undefined) last[1] = at;
    else {
      open = true;
      found.push([at, at]);
    }
  }
  return found;
}

function overlap(some: readonly Span[], others: readonly Span[]): number {
  let total = 0;
  for (const [from, to] of some) {
    for (const [begin, end] of others) total += Math.max(0, Math.min(to, end) - Math.max(from, begin));
  }
  return total;
}

function longestSilence(writes: readonly Write[], faultAt: number): number | undefined {
  const moments = writes
    .filter((write) => write.by === 'user' && write.acknowledged)
    .map((write) => write.doneAt)
    .toSorted((x, y) => x - y);
  const before = moments.findLastIndex((at) => at <= faultAt);
  const around = moments.slice(Math.max(0, before));
  if (around.length < 2) return undefined;
  return Math.max(...around.slice(1).map((at, index) => at - (around[index] ?? at)));
}
