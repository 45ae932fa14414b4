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

  /**
   * Gives who answered the present incident of an alert, as far as is known.
   *
   * @param runbooks names of all that match the alert
   * @returns one for each runbook, or undefined when any is not known to have answered
   */
  repeats(fingerprint: string, runbooks: readonly string[]): Repeat[] | undefined {
    if (runbooks.length === 0) return this.known.has(`${fingerprint} `) ? [] : undefined;
    const repeats: Repeat[] = [];
    for (const runbook of runbooks) {
      const executionId = this.known.get(`${fingerprint} ${runbook}`);
      if (executionId === undefined) return undefined;
      repeats.push({ runbook, executionId });
    }
    return repeats;
  }

  /** Takes in what the store decided. */
  learn(decisions: readonly DecisionRecord[]): void {
    for (const { fingerprint, runbook = '', decision, because, executionId = '' } of decisions) {
      if (decision === 'opened' || because === 'duplicate' || because === 'no-runbook') {
        this.remember(`${fingerprint} ${runbook}`, executionId);
      }
    }
  }

  /** Forgets what has proved wrong. */
  forget(fingerprint: string, repeats: readonly Repeat[]): void {
    this.known.delete(`${fingerprint} `);
    for (const { runbook } of repeats) this.known.delete(`${fingerprint} ${runbook}`);
  }

  private remember(key: string, executionId: string): void {
    this.known.set(key, executionId);
    if (this.known.size <= MOST) return;
    const [oldest] = this.known.keys();
    if (oldest !== undefined) this.known.delete(oldest);
  }
}
