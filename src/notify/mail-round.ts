import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../core/clock.js';
import { CLOCK, LOGGER } from '../parts.js';
import { LastingTrouble } from '../telemetry/lasting-trouble.js';
import type { Log } from '../telemetry/logger.js';
import { Courier } from './courier.js';
import { Newsroom } from './newsroom.js';
import { Reminders } from './reminders.js';

const EVERY_MS = 500;
const WORDS = {
  begins: 'messages could not be looked after; it is tried again',
  ends: 'messages are looked after again',
};

/** Goes round twice a second, and at once when this process has news: makes letters of facts, and sees that they are sent. */
@Injectable()
export class MailRound {
  private cancel: (() => void) | undefined;
  private turn: { again: boolean } | undefined;
  private readonly trouble: LastingTrouble;

  constructor(
    private readonly newsroom: Newsroom,
    private readonly reminders: Reminders,
    private readonly courier: Courier,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) log: Log,
  ) {
    this.trouble = new LastingTrouble(log, WORDS);
  }

  /** Begins to go round. */
  start(): void {
    this.cancel = this.clock.after(EVERY_MS, () => {
      void this.look().finally(() => {
        if (this.cancel !== undefined) this.start();
      });
    });
  }

  /** Stops for good; what is not sent is sent by others, or later. */
  async stop(): Promise<void> {
    this.cancel?.();
    this.cancel = undefined;
    await this.courier.stop();
  }

  /** Says that there is news; a process that does not go round leaves it to those that do. */
  nudge(): void {
    if (this.cancel !== undefined) void this.look();
  }

  /** Goes round once. */
  async look(): Promise<void> {
    if (this.turn !== undefined) {
      this.turn.again = true;
      return;
    }
    const turn = (this.turn = { again: false });
    try {
      do {
        turn.again = false;
        await this.once();
      } while (turn.again);
    } finally {
      this.turn = undefined;
    }
  }

  private async once(): Promise<void> {
    let failure: unknown;
    for (const part of [this.newsroom, this.reminders, this.courier])
      await part.work().catch((error: unknown) => (failure ??= error));
    if (failure === undefined) this.trouble.worked();
    else this.trouble.failed(failure);
  }
}
