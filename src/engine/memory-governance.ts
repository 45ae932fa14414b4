import type { Execution } from '../core/execution.js';
import { auditOfCenter, auditOfPerson } from './audit.js';
import type { CenterRecord, Governance, OutOfService, Scorecard, Standing, Storm } from './governance.js';
import type { MemoryAudit } from './memory-audit.js';
import type { MemoryClaims } from './memory-claims.js';

/** Trust, storms and centres of the memory twin. */
export class MemoryGovernance implements Governance {
  private readonly told = new Set<string>();

  /**
   * @param claims where they are kept
   * @param audit where it is written down what people change
   */
  constructor(
    private readonly claims: MemoryClaims,
    private readonly audit: MemoryAudit,
  ) {}

  async standing(execution: Execution): Promise<Standing> {
    return this.claims.trust.standing(execution);
  }

  async scorecard(runbook: string): Promise<Scorecard> {
    return this.claims.trust.scorecard(runbook);
  }

  async restoreTrust(runbook: string, by: string, reason?: string): Promise<boolean> {
    const restored = this.claims.trust.restore(runbook);
    if (restored) this.audit.add(auditOfPerson('trust-restored', runbook, by, reason));
    return restored;
  }

  async storms(): Promise<readonly Storm[]> {
    return this.claims.storms.all();
  }

  async noteProposal(key: string, proposal: NonNullable<Storm['proposal']>): Promise<boolean> {
    return this.claims.storms.propose(key, proposal);
  }

  async endStorm(key: string, by: string, reason?: string): Promise<boolean> {
    const ended = this.claims.storms.end(key);
    if (ended) this.audit.add(auditOfPerson('storm-ended', key, by, reason));
    return ended;
  }

  async noteTold(fact: string): Promise<boolean> {
    const isNew = !this.told.has(fact);
    this.told.add(fact);
    return isNew;
  }

  async outOfService(): Promise<readonly OutOfService[]> {
    return this.claims.centers.all();
  }

  async setServing(center: string, serving: boolean, by: string, reason?: string): Promise<void> {
    this.audit.add(auditOfCenter(center, serving, by, reason));
    this.claims.centers.set(center, serving, by);
  }

  async centerRecords(): Promise<readonly CenterRecord[]> {
    return this.claims.centers.records();
  }
}
