import { Inject, Injectable } from '@nestjs/common';
import type { Instant } from '../core/alert.js';
import { messageOf } from '../core/message-of.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import type { Storm } from '../engine/governance.js';
import { Announcer } from '../notify/announcer.js';
import { stormId, stormNews, targetsOf } from '../notify/storm-news.js';
import { LOGGER, STORE } from '../parts.js';
import type { Log } from '../telemetry/logger.js';
import { StormProposals, type Proposal } from './storm-proposals.js';

/** Sees storms that broke loose in any process: has one execution proposed for each, tells people, and notes its end. */
@Injectable()
export class StormWatch {
  /** By key, as they were when this process last looked. */
  private raging: ReadonlyMap<string, { readonly since: Instant; readonly targets: number }> = new Map();
  /** Of which of them this process knows that people were told. */
  private readonly told = new Set<string>();

  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    private readonly proposals: StormProposals,
    private readonly announcer: Announcer,
    @Inject(LOGGER) private readonly log: Log,
  ) {}

  /** Looks once. */
  async look(): Promise<void> {
    const storms = await this.store.governance.storms();
    for (const storm of storms) await this.answer(storm);
    const before = this.raging;
    this.raging = new Map(storms.map(({ key, since, targets }) => [key, { since, targets: targets.length }]));
    for (const [key, was] of before) {
      if (this.raging.get(key)?.since !== was.since) await this.ended({ key, ...was });
    }
  }

  /** One storm that cannot be looked after must not keep the others waiting. */
  private async answer(storm: Storm): Promise<void> {
    if (this.told.has(stormId(storm))) return;
    try {
      const proposal = storm.proposal ?? (await this.proposed(storm));
      if (proposal !== undefined) await this.tell({ ...storm, proposal });
    } catch (error) {
      const reason = messageOf(error);
      this.log.warn({ storm: storm.key, error: reason }, 'a storm could not be looked after; it is tried again');
    }
  }

  /** Gives what was proposed, unless another process noted its own first: that is seen the next time. */
  private async proposed(storm: Storm): Promise<Proposal | undefined> {
    const proposal = await this.proposals.propose(storm);
    return (await this.store.governance.noteProposal(storm.key, proposal)) ? proposal : undefined;
  }

  private async tell(storm: Storm & { readonly proposal: Proposal }): Promise<void> {
    const { key, first, targets, proposal } = storm;
    const { executionId, detail } = proposal;
    const proposed = executionId === undefined ? undefined : (await this.store.get(executionId))?.execution;
    if (await this.announcer.tell(stormNews(storm, proposed), { at: storm.since, execution: first })) {
      const about = { storm: key, targets: targets.length, detail: targetsOf(storm), proposal: detail, executionId };
      this.log.warn(about, 'a storm: too many targets are in trouble at once');
    }
    this.told.add(stormId(storm));
  }

  private async ended({ key, since, targets }: { key: string; since: Instant; targets: number }): Promise<void> {
    const id = stormId({ key, since });
    this.told.delete(id);
    const isNews = await this.announcer.isNews(`${id}-over`);
    if (isNews) this.log.info({ storm: key, targets }, 'the storm is over: targets are repaired one by one again');
  }
}
