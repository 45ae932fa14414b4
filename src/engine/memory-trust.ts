import type { Instant } from '../core/alert.js';
import type { Claim } from '../core/claim.js';
import type { ClaimRefusal } from '../core/claim-refusal.js';
import type { Execution } from '../core/execution.js';
import type { Mode } from '../core/runbook.js';
import { FAILURES_IN_A_ROW, FIGURES, type Figure, type Tally } from '../core/scorecard.js';
import type { DataLoss } from '../core/step-plan.js';
import type { Scorecard, Standing, Trust } from './governance.js';
import { median } from './median.js';
import type { MemoryClock } from './memory-clock.js';
import { readCounts, readRecoveryPoint } from './stored-json.js';

interface Record {
  readonly counts: Map<Figure, number>;
  recoveries: number[];
  failures: number;
  trust?: Trust;
}

const KEEP_FIXES_MS = 30 * 86_400_000;
const MOST_FIXES = 1_000;
const RANK: { readonly [mode in Mode]: number } = { observe: 1, approve: 2, auto: 3 };

/** Scorecards of the memory twin, and the trust that rests on them. */
export class MemoryTrust {
  private readonly records = new Map<string, Record>();
  private readonly points = new Map<string, DataLoss>();
  private readonly fixes = new Map<string, { id: string; at: Instant }[]>();

  /** @param store the time */
  constructor(private readonly store: MemoryClock) {}

  /** Refuses what the runbook is no longer trusted to do. */
  refusal({ runbook, mode }: Extract<Claim, { kind: 'trusted' }>): ClaimRefusal | undefined {
    const trust = this.records.get(runbook)?.trust;
    if (trust === undefined || RANK[trust.to] >= RANK[mode]) return undefined;
    return { because: 'not-trusted', to: trust.to, why: trust.why, executionId: trust.executionId };
  }

  /** Counts, and says when that takes trust away. */
  score(runbook: string, id: string, tally: Tally): Pick<Trust, 'to' | 'why'> | undefined {
    const record = this.record(runbook);
    for (const [figure, count] of entriesOf(tally.counts)) {
      record.counts.set(figure, (record.counts.get(figure) ?? 0) + count);
    }
    if (tally.recoveryMs !== undefined) record.recoveries = [tally.recoveryMs, ...record.recoveries].slice(0, 200);
    if (tally.fixed !== undefined) {
      const key = `${runbook}|${tally.fixed}`;
      const at = this.store.now();
      const before = (this.fixes.get(key) ?? []).filter((one) => one.id !== id && one.at > at - KEEP_FIXES_MS);
      this.fixes.set(key, [...before, { id, at }].slice(-MOST_FIXES));
    }
    const lost = this.lost(record, tally);
    if (lost !== undefined) record.trust = { ...lost, executionId: id, at: this.store.now() };
    return lost;
  }

  /** Notes what the last change in force of a runbook may have lost. */
  noteRecoveryPoint(runbook: string, kept: string): void {
    this.points.set(runbook, readRecoveryPoint(kept));
  }

  /** What the last change in force of each runbook may have lost. */
  recoveryPoints(): ReadonlyMap<string, DataLoss> {
    return new Map(this.points);
  }

  private lost(record: Record, { trust }: Tally): Pick<Trust, 'to' | 'why'> | undefined {
    if (trust === 'proved') record.failures = 0;
    if (trust === 'harmful' && record.trust?.to !== 'observe') return { to: 'observe', why: 'harmful' };
    if (trust !== 'failed' || ++record.failures < FAILURES_IN_A_ROW || record.trust !== undefined) return undefined;
    return { to: 'approve', why: 'not-verified' };
  }

  /** An execution was opened. */
  fired(runbook: string): void {
    this.score(runbook, '', { counts: { fired: 1 } });
  }

  /** What bears on how far an execution may go. */
  standing({ runbook, alert, orders: { recurrence } }: Execution): Standing {
    const trust = this.records.get(runbook)?.trust;
    const from = this.store.now() - (recurrence?.perMs ?? 0);
    const known = alert === undefined ? [] : (this.fixes.get(`${runbook}|${alert.fingerprint}`) ?? []);
    const fixes = recurrence === undefined ? [] : known.filter(({ at }) => at > from).map(({ id }) => id);
    return { fixes, ...(trust === undefined ? {} : { trust }) };
  }

  /** The figures of a runbook. */
  scorecard(runbook: string): Scorecard {
    const { counts, recoveries, failures, trust } = this.record(runbook);
    const texts = Object.fromEntries([...counts].map(([figure, count]) => [figure, String(count)]));
    const middle = median(recoveries);
    return {
      counts: readCounts(texts),
      failuresInARow: failures,
      ...(middle === undefined ? {} : { medianRecoveryMs: middle }),
      ...(trust === undefined ? {} : { trust }),
    };
  }

  /** A person trusts it again. */
  restore(runbook: string): boolean {
    const record = this.record(runbook);
    if (record.trust === undefined) return false;
    delete record.trust;
    record.failures = 0;
    return true;
  }

  private record(runbook: string): Record {
    const known = this.records.get(runbook) ?? { counts: new Map(), recoveries: [], failures: 0 };
    this.records.set(runbook, known);
    return known;
  }
}

function entriesOf(counts: Tally['counts']): [Figure, number][] {
  return FIGURES.flatMap((figure): [Figure, number][] =>
    counts[figure] === undefined ? [] : [[figure, counts[figure]]],
  );
}
