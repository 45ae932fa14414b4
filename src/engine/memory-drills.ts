import { KEEP_DRILL_RUNS, KEEP_DRILLS, type DrillResult } from '../core/drill-result.js';

/** How drills ended, of the memory twin. */
export class MemoryDrills {
  /** By drill, the newest run first. */
  private readonly kept = new Map<string, readonly DrillResult[]>();

  /** Keeps a run; false when it is kept already, or older than all that is. */
  note(result: DrillResult): boolean {
    const runs = this.runs(result.drill);
    if (runs.some(({ startedAt }) => startedAt === result.startedAt)) return false;
    const next = [...runs, result].toSorted((a, b) => b.startedAt - a.startedAt).slice(0, KEEP_DRILL_RUNS);
    if (!next.includes(result)) return false;
    this.kept.set(result.drill, next);
    for (const { drill } of this.last().slice(KEEP_DRILLS)) this.kept.delete(drill);
    return true;
  }

  /** The last run of each drill, the newest first. */
  last(): readonly DrillResult[] {
    const all = [...this.kept.values()].flatMap((runs) => runs.slice(0, 1));
    return all.toSorted((a, b) => b.startedAt - a.startedAt || (a.drill < b.drill ? 1 : -1));
  }

  /** What is kept of one drill, the newest first. */
  runs(drill: string): readonly DrillResult[] {
    return this.kept.get(drill) ?? [];
  }
}
