import type { Cluster, Redis } from 'ioredis';
import { KEEP_DRILL_RUNS, KEEP_DRILLS, type DrillResult } from '../core/drill-result.js';
import type { Execution } from '../core/execution.js';
import type { DataLoss } from '../core/step-plan.js';
import { auditOfCenter, auditOfDrill, auditOfPerson, auditOfLogin, auditOfReload, type Doer } from './audit.js';
import { median } from './median.js';
import {
  type CenterRecord,
  type Governance,
  type OutOfService,
  type Scorecard,
  type Standing,
  type Storm,
} from './governance.js';
import {
  readCounts,
  readDrillResult,
  readExecution,
  readMove,
  readOwners,
  readProposal,
  readRecoveryPoint,
  readTrust,
} from './stored-json.js';

/** Trust, storms and centres in Redis. */
export class RedisGovernance implements Governance {
  /**
   * @param redis with the store's scripts defined
   * @param prefix of all keys
   */
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
  ) {}

  async standing({ runbook, alert, orders }: Execution): Promise<Standing> {
    const { recurrence } = orders;
    const [trust, fixes] = await Promise.all([
      this.redis.hgetall(this.key(`tr:${runbook}`)),
      alert === undefined || recurrence === undefined
        ? []
        : this.redis.fbRecent(this.prefix, this.key(`fx:${runbook}|${alert.fingerprint}`), recurrence.perMs),
    ]);
    const known = readTrust(trust);
    return { fixes, ...(known === undefined ? {} : { trust: known }) };
  }

  async scorecard(runbook: string): Promise<Scorecard> {
    const [counts, recoveries, trust] = await Promise.all([
      this.redis.hgetall(this.key(`sc:${runbook}`)),
      this.redis.lrange(this.key(`sr:${runbook}`), 0, -1),
      this.redis.hgetall(this.key(`tr:${runbook}`)),
    ]);
    const middle = median(recoveries.map(Number));
    const known = readTrust(trust);
    return {
      counts: readCounts(counts),
      failuresInARow: Number(trust['failures'] ?? 0),
      ...(middle === undefined ? {} : { medianRecoveryMs: middle }),
      ...(known === undefined ? {} : { trust: known }),
    };
  }

  async restoreTrust(runbook: string, doer: Doer): Promise<boolean> {
    const entry = auditOfPerson('trust-restored', runbook, doer);
    return (await this.redis.fbTrust(this.prefix, runbook, entry)) === 1;
  }

  async recoveryPoints(): Promise<ReadonlyMap<string, DataLoss>> {
    const kept = Object.entries(await this.redis.hgetall(this.key('rp')));
    return new Map(kept.map(([runbook, ms]) => [runbook, readRecoveryPoint(ms)]));
  }

  async storms(): Promise<readonly Storm[]> {
    const kept = await this.redis.fbStorms(this.prefix);
    return kept.map(([key, since, calmAt, first, proposal, targets]) => ({
      key,
      since: Number(since),
      calmAt: Number(calmAt),
      targets: pairs(targets),
      ...(first === '' ? {} : { first: readExecution(first) }),
      ...(proposal === '' ? {} : { proposal: readProposal(proposal) }),
    }));
  }

  async noteProposal(key: string, proposal: NonNullable<Storm['proposal']>): Promise<boolean> {
    return (await this.redis.fbPropose(this.prefix, key, JSON.stringify(proposal))) === 1;
  }

  async endStorm(key: string, doer: Doer): Promise<boolean> {
    return (await this.redis.fbCalm(this.prefix, key, auditOfPerson('storm-ended', key, doer))) === 1;
  }

  async outOfService(): Promise<readonly OutOfService[]> {
    const kept = await this.redis.hgetall(this.key('out'));
    const all = Object.entries(kept).flatMap(([center, owners]) => readOwners(owners).map((by) => ({ center, by })));
    return all.toSorted((a, b) => (a.center < b.center ? -1 : a.center > b.center ? 1 : 0));
  }

  async setServing(center: string, serving: boolean, doer: Doer): Promise<void> {
    const entry = auditOfCenter(center, serving, doer);
    await this.redis.fbCenter(this.prefix, center, `person:${doer.by}`, serving ? 'in' : 'out', entry);
  }

  async noteReload(acceptLoss: boolean, doer: Doer): Promise<void> {
    await this.redis.fbNote(this.prefix, auditOfReload(acceptLoss, doer));
  }

  async noteLogin(account: string, doer: Doer): Promise<void> {
    await this.redis.fbNote(this.prefix, auditOfLogin(account, doer));
  }

  async noteDrill(result: DrillResult, doer: Doer): Promise<boolean> {
    const { drill, startedAt } = result;
    const [json, entry] = [JSON.stringify(result), auditOfDrill(result, doer)];
    return (await this.redis.fbDrill(this.prefix, drill, startedAt, json, entry, KEEP_DRILL_RUNS, KEEP_DRILLS)) === 1;
  }

  async lastDrills(): Promise<readonly DrillResult[]> {
    const last = await this.redis.hvals(this.key('drl'));
    const results = last.map((text) => readDrillResult(text));
    return results.toSorted((a, b) => b.startedAt - a.startedAt || (a.drill < b.drill ? 1 : -1));
  }

  async drillRuns(drill: string): Promise<readonly DrillResult[]> {
    return (await this.redis.zrevrange(this.key(`dr:${drill}`), 0, -1)).map((text) => readDrillResult(text));
  }

  async centerRecords(): Promise<readonly CenterRecord[]> {
    const [moved, proven] = await Promise.all([this.redis.hgetall(this.key('mv')), this.redis.hgetall(this.key('pv'))]);
    return [...new Set([...Object.keys(moved), ...Object.keys(proven)])].toSorted().map((center) => {
      const [move, provenAt] = [moved[center], proven[center]];
      return {
        center,
        ...(move === undefined ? {} : { moved: readMove(move) }),
        ...(provenAt === undefined ? {} : { provenAt: Number(provenAt) }),
      };
    });
  }

  private key(name: string): string {
    return this.prefix + name;
  }
}

function pairs(flat: readonly string[]): { target: string; at: number }[] {
  const all: { target: string; at: number }[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) all.push({ target: flat[i] ?? '', at: Number(flat[i + 1]) });
  return all;
}
