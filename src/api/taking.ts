import { Inject, Injectable } from '@nestjs/common';
import { mustMay } from '../access/may.js';
import type { Config } from '../config.js';
import type { Clock } from '../core/clock.js';
import { FirebreakError } from '../core/errors.js';
import type { Execution } from '../core/execution.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { CLOCK, CONFIG, STORE } from '../parts.js';
import { mustFind } from './execution-detail.js';
import type { Actor } from './people-commands.js';

/** Notes who looks after an execution: for a while nobody is told of it again. */
@Injectable()
export class Taking {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<Config, 'notify'>,
  ) {}

  /**
   * Takes an execution; whoever takes it later looks after it then.
   *
   * @returns the execution, which is as it was
   * @throws FirebreakError when the person may not, or it is closed
   */
  async take(actor: Actor, id: string, reason?: string): Promise<Execution> {
    const execution = await mustFind(this.store, id);
    mustMay(actor.person, 'cancel', execution);
    if (execution.state.phase === 'closed')
      throw new FirebreakError('not-in-phase', `execution ${id} is closed: there is nothing to look after`);
    const at = this.clock.now();
    const until = at + this.config.notify.takenForMs;
    const taken = { by: actor.person.name, at, until, ...(reason === undefined ? {} : { reason }) };
    await this.store.outbox.take(id, taken, actor.from);
    return execution;
  }
}
