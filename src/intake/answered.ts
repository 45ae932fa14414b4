import type { DecisionRecord, Receipt } from '../engine/execution-store.js';

type Repeat = NonNullable<Receipt['repeats']>[number];

/** More pairs of alert and runbook than this are not remembered; the oldest go first. */
const MOST = 50_000;

/**
 * Remembers which runbook has answered which alert, as this process last heard. It only saves work: the store checks
 * each of these memories before it believes it.
 */
export class Answered {
  private readonly known = new Map<string, string>();

  /** Gives the execution that answered an alert for a runbook, as far as is known. */
  repeat(fingerprint: string, runbook: string): Repeat | undefined {
    const executionId = this.known.get(`${fingerprint} ${runbook}`);
    return executionId === undefined ? undefined : { runbook, executionId };
  }

  /** Takes in what the store decided. */
  learn(decisions: readonly DecisionRecord[]): void {
    for (const { fingerprint, runbook, decision, because, executionId } of decisions) {
      if (executionId === undefined || runbook === undefined) continue;
      if (decision === 'opened' || because === 'duplicate') this.remember(`${fingerprint} ${runbook}`, executionId);
    }
  }

  /** Forgets what has proved wrong. */
  forget(fingerprint: string, runbooks: readonly Repeat[]): void {
    for (const { runbook } of runbooks) this.known.delete(`${fingerprint} ${runbook}`);
  }

  private remember(key: string, executionId: string): void {
    this.known.delete(key);
    this.known.set(key, executionId);
    if (this.known.size <= MOST) return;
    const [oldest] = this.known.keys();
    if (oldest !== undefined) this.known.delete(oldest);
  }
}
