import type { Instant } from '../core/alert.js';
import { pauses, type Pause } from '../core/pause.js';
import { auditOfPause, auditOfPerson, sha1Hex, type Doer } from './audit.js';
import type { MemoryAudit } from './memory-audit.js';

/** When so many targets are frozen, the next one stops everything. */
const MOST_FROZEN = 1_000;

/** The kill switch of the memory twin: what people have paused, and the targets that loops have frozen. */
export class MemoryPauses {
  private readonly kept = new Map<string, Pause>();

  /**
   * @param now the time of the test
   * @param audit where each pause is written down
   */
  constructor(
    private readonly now: () => Instant,
    private readonly audit: MemoryAudit,
  ) {}

  /** Begins a pause. */
  add(pause: Pause, from?: string): void {
    this.audit.add(auditOfPause(pause, from));
    this.kept.set(pause.id, pause);
  }

  /** A person lifts a pause; gives it if there was one. */
  lift(id: string, doer: Doer): Pause | undefined {
    const pause = this.inForce().find((one) => one.id === id);
    if (pause === undefined) return undefined;
    this.audit.add(auditOfPerson('pause-lifted', id, doer));
    this.kept.delete(id);
    return pause;
  }

  /** Those that are not over. */
  inForce(): Pause[] {
    return [...this.kept.values()].filter(({ until = Infinity }) => this.now() < until);
  }

  /** The oldest that is in force for one of these scopes. */
  pausing(scopes: readonly string[]): Pause | undefined {
    const [oldest] = this.inForce()
      .filter((pause) => pauses(pause, scopes, this.now()))
      .sort((a, b) => a.at - b.at);
    return oldest;
  }

  /** Freezes a target after an execution; gives the pause's id. */
  freeze(target: string, reason: string, executionId: string): string {
    const at = this.now();
    const pause: Pause = { id: frozenId(target), scope: `target:${target}`, reason, by: 'firebreak', at, executionId };
    if (this.kept.has(pause.id)) return pause.id;
    const frozen = [...this.kept.keys()].filter((id) => id.startsWith('loop-') && id !== ALL);
    return frozen.length < MOST_FROZEN ? this.freezeNew(pause) : this.freezeAll(pause, target);
  }

  private freezeAll(pause: Pause, target: string): string {
    if (this.kept.has(ALL)) return ALL;
    const reason = `${MOST_FROZEN} targets are frozen, and one more: ${target}, ${pause.reason}`;
    return this.freezeNew({ ...pause, id: ALL, scope: 'all', reason });
  }

  private freezeNew(pause: Pause): string {
    this.add(pause);
    return pause.id;
  }
}

const ALL = 'loop-all';

/** Names the pause of a frozen target. */
export function frozenId(target: string): string {
  return `loop-${sha1Hex(target).slice(0, 12)}`;
}
