import { Inject, Injectable } from '@nestjs/common';
import { may, mustMay } from '../../access/may.js';
import { People } from '../../access/people.js';
import type { Person } from '../../access/person.js';
import { mustFind } from '../../api/execution-detail.js';
import { isOwnRequest, lapsedGrants } from '../../api/lapsed-grants.js';
import type { WhyExecution } from '../../api/why-execution.js';
import { Why } from '../../api/why.js';
import type { Instant } from '../../core/alert.js';
import type { Clock } from '../../core/clock.js';
import { FirebreakError } from '../../core/errors.js';
import type { JournalEntry } from '../../core/event.js';
import type { Execution } from '../../core/execution.js';
import type { ExecutionStore } from '../../engine/execution-store.js';
import type { LetterRecord, Taken } from '../../engine/outbox.js';
import { CLOCK, STORE } from '../../parts.js';
import { MOST_TOLD } from './told-model.js';

/** So many other executions for the same alert are named. */
const MOST_RELATED = 10;

/** All that the pages about one execution are made of. */
export interface Material {
  readonly execution: Execution;
  readonly journal: readonly JournalEntry[];
  readonly why: WhyExecution;
  /** Others that were opened for the same alert, and are still kept. */
  readonly siblings: readonly Execution[];
  /** Whoever looks has asked for it, by whatever account. */
  readonly own: boolean;
  /** Whose agreement would not count beside that of whoever looks. */
  readonly lapsed: readonly string[];
  /** Who looks after it. */
  readonly taken?: Taken | undefined;
  /** What people were told of it, newest first: one more than is shown. */
  readonly letters: readonly LetterRecord[];
  /** By the shared clock. */
  readonly now: Instant;
}

/** Gathers what the pages about one execution show; it touches nothing. */
@Injectable()
export class Materials {
  constructor(
    private readonly why: Why,
    private readonly people: People,
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Gathers it for a person who looks.
   *
   * @throws FirebreakError `not-found` when there is no such execution, or not any more; `forbidden` when it is not for this person
   */
  async about(id: string, person: Person): Promise<Material> {
    const execution = await mustFind(this.store, id);
    mustMay(person, 'read', execution);
    const [journal, why, siblings, own, lapsed, taken, letters] = await Promise.all([
      this.store.journal(id),
      this.why.about(id),
      this.siblings(execution),
      isOwnRequest(execution, person, this.people),
      lapsedGrants(execution, person, this.people),
      this.store.outbox.taken(id),
      this.store.outbox.list({ execution: id, limit: MOST_TOLD + 1 }),
    ]);
    if (why.kind !== 'execution') throw new FirebreakError('not-found', `${id.slice(0, 100)} is no execution`);
    const shown = siblings.filter((one) => may(person, 'read', one));
    return { execution, journal, why, siblings: shown, own, lapsed, taken, letters, now: this.clock.now() };
  }

  private async siblings({ id, alert, escalatedFrom, escalation }: Execution): Promise<Execution[]> {
    const known = alert === undefined ? undefined : await this.store.alert(alert.fingerprint);
    const ids = [
      escalatedFrom,
      escalation?.is === 'opened' ? escalation.executionId : undefined,
      ...(known?.answers ?? []).map(({ executionId }) => executionId),
    ];
    const others = [...new Set(ids)].flatMap((one) => (one === undefined || one === id ? [] : [one]));
    const stored = await Promise.all(others.slice(0, MOST_RELATED).map((one) => this.store.get(one)));
    return stored.flatMap((one) => (one === undefined ? [] : [one.execution]));
  }
}
