import { Inject, Injectable } from '@nestjs/common';
import { isOpen } from '../../access/is-open.js';
import type { Person } from '../../access/person.js';
import { LoopHealth } from '../../api/loop-health.js';
import { Catalog } from '../../catalog/catalog.js';
import type { Config } from '../../config.js';
import type { Clock } from '../../core/clock.js';
import { PHASES, type Execution, type Phase } from '../../core/execution.js';
import type { ExecutionStore } from '../../engine/execution-store.js';
import type { Taken } from '../../engine/outbox.js';
import { CLOCK, CONFIG, STORE } from '../../parts.js';
import { MOST_SHOWN, type NowMaterial } from './now-model.js';
import { sampleAlert } from './sample-alert.js';

/** What is closed for longer is found in the list of executions. */
const LATELY_MS = 6 * 3_600_000;

/** Gathers what the page Now is made from: everything at once, and of each kind no more than is shown. */
@Injectable()
export class NowSource {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly catalog: Catalog,
    private readonly health: LoopHealth,
    @Inject(CONFIG) private readonly config: Pick<Config, 'publicUrl' | 'tokens' | 'access'>,
  ) {}

  /** Asks the store for everything. */
  async gather(person: Person): Promise<NowMaterial> {
    const now = this.clock.now();
    const lists = Promise.all(PHASES.map(async (phase) => [phase, await this.inPhase(phase)] as const));
    const [listed, counts, pauses, storms, loop] = await Promise.all([
      lists,
      this.store.countOpen(),
      this.store.pauses(),
      this.store.governance.storms(),
      this.health.parts(),
    ]);
    const open = new Map<Phase, readonly Execution[]>(listed);
    const taken = await this.takenOf(open.get('held') ?? []);
    const closed = (open.get('closed') ?? []).filter(({ closedAt = 0 }) => now - closedAt < LATELY_MS);
    const sample = sampleAlert(this.config.publicUrl, !isOpen(this.config));
    const titleOf = (name: string) => this.catalog.current.runbooks.get(name)?.title;
    return { now, person, open, counts, taken, closed, pauses, storms, loop, titleOf, sample };
  }

  private async takenOf(held: readonly Execution[]): Promise<ReadonlyMap<string, Taken>> {
    const known = await Promise.all(held.map(async ({ id }) => [id, await this.store.outbox.taken(id)] as const));
    return new Map(known.flatMap(([id, taken]) => (taken === undefined ? [] : [[id, taken] as const])));
  }

  private async inPhase(phase: Phase): Promise<readonly Execution[]> {
    return (await this.store.list({ phase, limit: MOST_SHOWN })).items;
  }
}
