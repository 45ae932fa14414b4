import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../core/clock.js';
import { StormWatch } from '../intake/storm-watch.js';
import { FreezeWatch } from '../notify/freeze-watch.js';
import { MailRound } from '../notify/mail-round.js';
import { CLOCK, LOGGER } from '../parts.js';
import type { Log } from '../telemetry/logger.js';

const EVERY_MS = 1_000;

/** Looks once a second at what nobody rings for: storms that broke loose, targets that were frozen; and has messages sent. */
@Injectable()
export class Lookout {
  private cancel: (() => void) | undefined;

  constructor(
    private readonly storms: StormWatch,
    private readonly freezes: FreezeWatch,
    @Inject(MailRound) private readonly mail: Pick<MailRound, 'start' | 'stop'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Log,
  ) {}

  /** Begins to look. */
  start(): void {
    this.mail.start();
    this.lookAgain();
  }

  private lookAgain(): void {
    this.cancel = this.clock.after(EVERY_MS, () => {
      void this.look().finally(() => {
        if (this.cancel !== undefined) this.lookAgain();
      });
    });
  }

  /** Stops looking. */
  async stop(): Promise<void> {
    this.cancel?.();
    this.cancel = undefined;
    await this.mail.stop();
  }

  /** Looks once; what cannot be seen now is seen the next time. */
  async look(): Promise<void> {
    for (const seen of await Promise.allSettled([this.storms.look(), this.freezes.look()])) {
      if (seen.status === 'fulfilled') continue;
      const error = seen.reason instanceof Error ? seen.reason.message : String(seen.reason);
      this.log.warn({ error }, 'storms and frozen targets could not be looked for; it is tried again');
    }
  }
}
