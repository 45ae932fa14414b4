import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../core/clock.js';
import { StormWatch } from '../intake/storm-watch.js';
import { FreezeWatch } from '../notify/freeze-watch.js';
import { MailRound } from '../notify/mail-round.js';
import { CLOCK, LOGGER } from '../parts.js';
import { LastingTrouble } from '../telemetry/lasting-trouble.js';
import type { Log } from '../telemetry/logger.js';

const EVERY_MS = 1_000;
const WORDS = {
  begins: 'storms and frozen targets could not be looked for; it is tried again',
  ends: 'storms and frozen targets are looked for again',
};

/** Looks once a second at what nobody rings for: storms that broke loose, targets that were frozen; and has messages sent. */
@Injectable()
export class Lookout {
  private cancel: (() => void) | undefined;
  private readonly trouble: LastingTrouble;

  constructor(
    private readonly storms: StormWatch,
    private readonly freezes: FreezeWatch,
    @Inject(MailRound) private readonly mail: Pick<MailRound, 'start' | 'stop'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) log: Log,
  ) {
    this.trouble = new LastingTrouble(log, WORDS);
  }

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
    const looks = await Promise.allSettled([this.storms.look(), this.freezes.look()]);
    const failed = looks.find((look) => look.status === 'rejected');
    if (failed === undefined) this.trouble.worked();
    else this.trouble.failed(failed.reason);
  }
}
