import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.js';
import { replay } from '../core/evolve.js';
import type { Execution } from '../core/execution.js';
import { messageOf } from '../core/message-of.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import type { Fact, Mailing, PendingFact } from '../engine/outbox.js';
import { CONFIG, LOGGER, STORE } from '../parts.js';
import type { Log } from '../telemetry/logger.js';
import { breakGlassNews } from './access-news.js';
import { Announcer } from './announcer.js';
import { Editor } from './editor.js';
import { newsOf } from './execution-news.js';
import { liftedNews, ofPause, pausedNews } from './pause-news.js';
import { evidenceLine, problemNews, trustNews } from './trust-news.js';

/** A fact that was taken on by a process which is gone is taken on by another one after this long. */
const LEASE_MS = 5_000;
const AT_ONCE = 100;
/** So many past executions are named as evidence; the oldest are left out. */
const MOST_EVIDENCE = 10;

/** Makes news of what the store has noted; a fact is settled in the step that puts its letters, so that none is lost between. */
@Injectable()
export class Newsroom {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    private readonly announcer: Announcer,
    private readonly editor: Editor,
    @Inject(CONFIG) private readonly config: Pick<Config, 'notify'>,
    @Inject(LOGGER) private readonly log: Log,
  ) {}

  /** Settles what there is. */
  async work(): Promise<void> {
    let taken: readonly PendingFact[];
    do {
      taken = await this.store.outbox.facts(LEASE_MS, AT_ONCE);
      for (const pending of taken) await this.settle(pending);
    } while (taken.length === AT_ONCE);
  }

  /** One fact that cannot be made news of must not keep the others waiting. */
  private async settle(pending: PendingFact): Promise<void> {
    try {
      await this.announcer.put(await this.mailings(pending.fact), pending);
    } catch (error) {
      const reason = messageOf(error);
      this.log.warn({ fact: pending.text.slice(0, 300), error: reason }, 'people could not be told of a fact yet');
    }
  }

  private async mailings(fact: Fact): Promise<Mailing[]> {
    switch (fact.is) {
      case 'saved':
        return this.ofSaved(fact);
      case 'paused':
        return [this.editor.mailing(pausedNews(fact.pause), { at: fact.pause.at, of: ofPause(fact.pause) })];
      case 'break-glass':
        return [this.editor.mailing(breakGlassNews(fact), { at: fact.at })];
      case 'lifted':
        return [this.editor.mailing(liftedNews(fact), { at: fact.at, of: ofPause(fact.pause) })];
    }
  }

  /** What an event made of an execution is seen by running its journal again up to there. */
  private async ofSaved({ id, seq, at, lowered }: Extract<Fact, { is: 'saved' }>): Promise<Mailing[]> {
    const journal = await this.store.journal(id);
    const event = journal[seq - 1]?.event;
    const before = replay(journal.slice(0, seq - 1));
    const next = replay(journal.slice(0, seq));
    // closed for so long that it is not kept any more
    if (event === undefined || before === undefined || next === undefined) return [];
    const background = { at, execution: next };
    const told = newsOf(event, before, next);
    const mailings: Mailing[] = [];
    if (told !== undefined) mailings.push(this.editor.mailing(told, { ...background, remind: this.reminder(next) }));
    if (event.type === 'planned' && event.lowered?.why === 'recurring')
      mailings.push(this.editor.mailing(await this.problem(next), background));
    if (lowered !== undefined) mailings.push(this.editor.mailing(trustNews(next, lowered), background));
    return mailings;
  }

  private reminder({ id, state, orders }: Execution): Mailing['remind'] {
    if (state.phase === 'held') return { of: `held|${id}`, at: state.since + this.config.notify.repeatHeldMs };
    if (state.phase === 'awaiting-approval')
      return { of: `approval|${id}`, at: lastThird(state.expiresAt, orders.approval.withinMs) };
    return undefined;
  }

  private async problem(execution: Execution) {
    const { fixes } = await this.store.governance.standing(execution);
    const evidence = await Promise.all(fixes.slice(-MOST_EVIDENCE).map((id) => this.evidence(id)));
    return problemNews(execution, fixes, evidence);
  }

  private async evidence(id: string): Promise<string> {
    const stored = await this.store.get(id);
    return stored === undefined ? `${id}: no longer kept` : evidenceLine(stored.execution);
  }
}

/** When the last third of the time for an approval begins. */
export function lastThird(expiresAt: number, withinMs: number): number {
  return expiresAt - Math.floor(withinMs / 3);
}
