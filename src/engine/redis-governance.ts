import type { Cluster, Redis } from 'ioredis';
import type { Execution } from '../core/execution.js';
import { auditOfCenter, auditOfPerson } from './audit.js';
import { median } from './median.js';
import {
  KEEP_TOLD_MS,
  type CenterRecord,
  type Governance,
  type OutOfService,
  type Scorecard,
  type Standing,
  type Storm,
} from './governance.js';
import { readCounts, readExecution, readMove, readOwners, readProposal, readTrust } from './stored-json.js';

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

  async restoreTrust(runbook: string, by: string, reason?: string): Promise<boolean> {
    const entry = auditOfPerson('trust-restored', runbook, by, reason);
    return (await this.redis.fbTrust(this.prefix, runbook, entry)) === 1;
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

  async endStorm(key: string, by: string, reason?: string): Promise<boolean> {
    return (await this.redis.fbCalm(this.prefix, key, auditOfPerson('storm-ended', key, by, reason))) === 1;
  }

  async noteTold(fact: string): Promise<boolean> {
    return (await this.redis.set(this.key(`told:${fact}`), '1', 'PX', KEEP_TOLD_MS, 'NX')) === 'OK';
  }

  async outOfService(): Promise<readonly OutOfService[]> {
    const kept = await this.redis.hgetall(this.key('out'));
    const all = Object.entries(kept).flatMap(([center, owners]) => readOwners(owners).map((by) => ({ center, by })));
    return all.toSorted((a, b) => (a.center < b.center ? -1 : a.center > b.center ? 1 : 0));
  }

  async setServing(center: string, serving: boolean, by: string, reason?: string): Promise<void> {
    const entry = auditOfCenter(center, serving, by, reason);
    await this.redis.fbCenter(this.prefix, center, `person:${by}`, serving ? 'in' : 'out', entry);
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
