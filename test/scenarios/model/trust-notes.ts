import type { Event } from '../../../src/core/event.js';
import type { Execution } from '../../../src/core/execution.js';

/** What one runbook has shown of itself since a person trusted it last. */
interface Shown {
  readonly failedInARow: number;
  readonly failedThrice: boolean;
  readonly harmed: boolean;
}

const NOTHING: Shown = { failedInARow: 0, failedThrice: false, harmed: false };

/** Keeps its own notes of what runbooks have shown, to hold them against what is begun. */
export class TrustNotes {
  private readonly notes = new Map<string, Shown>();

  /** A person trusts a runbook again. */
  restored(runbook: string): void {
    this.notes.delete(runbook);
  }

  /** Takes note of an event, and lists what should not have been begun. */
  saved(event: Event, before: Execution, after: Execution): string[] {
    const { runbook, mode, verdict } = after;
    const known = this.notes.get(runbook) ?? NOTHING;
    if (event.type === 'apply-intended' && before.steps.every(({ state }) => state === 'waiting')) {
      if (known.harmed) return ['it was begun although it did harm before'];
      if (known.failedThrice && mode === 'auto')
        return ['it was begun by itself although it failed three times in a row'];
    }
    const isJudged = before.state.phase === 'verifying' && after.state.phase !== 'verifying' && mode !== 'observe';
    if (!isJudged || (event.type !== 'sampled' && event.type !== 'verification-ended')) return [];
    const failedInARow = verdict === 'healthy' ? 0 : known.failedInARow + (verdict === 'unhealthy' ? 1 : 0);
    const failedThrice = known.failedThrice || failedInARow >= 3;
    this.notes.set(runbook, { failedInARow, failedThrice, harmed: known.harmed || verdict === 'worse' });
    return [];
  }
}
