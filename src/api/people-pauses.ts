import { Inject, Injectable } from '@nestjs/common';
import { mustMayLift, mustMayPause } from '../access/may-pause.js';
import type { Instant } from '../core/alert.js';
import type { Clock } from '../core/clock.js';
import { FirebreakError } from '../core/errors.js';
import type { Pause } from '../core/pause.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { newId } from '../intake/new-id.js';
import { CLOCK, STORE } from '../parts.js';
import type { Actor } from './people-commands.js';

/** Pulls the kill switch and lets it go for people who may; the API and the console come here. */
@Injectable()
export class PeoplePauses {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Begins a pause.
   *
   * @param order a scope as `isPauseScope` has it, why, and until when unless it is to be lifted
   * @throws FirebreakError `forbidden`
   */
  async pause(
    { person, from }: Actor,
    order: { readonly scope: string; readonly reason: string; readonly until?: Instant },
  ): Promise<Pause> {
    mustMayPause(person, order.scope);
    const at = this.clock.now();
    const pause: Pause = { ...order, id: newId('p', at), by: person.name, at };
    await this.store.addPause(pause, from);
    return pause;
  }

  /**
   * Lifts a pause.
   *
   * @throws FirebreakError `not-found`, or `forbidden`
   */
  async lift({ person, from }: Actor, id: string, reason?: string): Promise<void> {
    const pause = (await this.store.pauses()).find((one) => one.id === id);
    if (pause === undefined) throw noPause(id);
    mustMayLift(person, pause);
    if (!(await this.store.liftPause(id, { by: person.name, from, reason }))) throw noPause(id);
  }
}

function noPause(id: string): FirebreakError {
  return new FirebreakError('not-found', `there is no pause ${id.slice(0, 100)}`);
}
