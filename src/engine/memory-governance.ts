import type { DrillResult } from '../core/drill-result.js';
import type { Execution } from '../core/execution.js';
import type { DataLoss } from '../core/step-plan.js';
import { auditOfCenter, auditOfDrill, auditOfPerson, auditOfLogin, auditOfReload, type Doer } from './audit.js';
import type { CenterRecord, Governance, OutOfService, Scorecard, Standing, Storm } from './governance.js';
import type { MemoryAudit } from './memory-audit.js';
import type { MemoryClaims } from './memory-claims.js';
import { MemoryDrills } from './memory-drills.js';

/** Trust, storms and centres of the memory twin. */
export class MemoryGovernance implements Governance {
  private readonly drills = new MemoryDrills();

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

  async restoreTrust(runbook: string, doer: Doer): Promise<boolean> {
    const restored = this.claims.trust.restore(runbook);
    if (restored) this.audit.add(auditOfPerson('trust-restored', runbook, doer));
    return restored;
  }

  async recoveryPoints(): Promise<ReadonlyMap<string, DataLoss>> {
    return this.claims.trust.recoveryPoints();
  }

  async storms(): Promise<readonly Storm[]> {
    return this.claims.storms.all();
  }

  async noteProposal(key: string, proposal: NonNullable<Storm['proposal']>): Promise<boolean> {
    return this.claims.storms.propose(key, proposal);
  }

  async endStorm(key: string, doer: Doer): Promise<boolean> {
    const ended = this.claims.storms.end(key);
    if (ended) this.audit.add(auditOfPerson('storm-ended', key, doer));
    return ended;
  }

  async outOfService(): Promise<readonly OutOfService[]> {
    return this.claims.centers.all();
  }

  async setServing(center: string, serving: boolean, doer: Doer): Promise<void> {
    this.audit.add(auditOfCenter(center, serving, doer));
    this.claims.centers.set(center, serving, doer.by);
  }

  async noteReload(acceptLoss: boolean, doer: Doer): Promise<void> {
    this.audit.add(auditOfReload(acceptLoss, doer));
  }

  async noteLogin(account: string, doer: Doer): Promise<void> {
    this.audit.add(auditOfLogin(account, doer));
  }

  async noteDrill(result: DrillResult, doer: Doer): Promise<boolean> {
    const noted = this.drills.note(result);
    if (noted) this.audit.add(auditOfDrill(result, doer));
    return noted;
  }

  async lastDrills(): Promise<readonly DrillResult[]> {
    return this.drills.last();
  }

  async drillRuns(drill: string): Promise<readonly DrillResult[]> {
    return this.drills.runs(drill);
  }

  async centerRecords(): Promise<readonly CenterRecord[]> {
    return this.claims.centers.records();
  }
}
