import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LOGGER } from '../parts.js';
import { LastingTrouble } from '../telemetry/lasting-trouble.js';
import type { Log } from '../telemetry/logger.js';
import { Permit } from '../engine/permit.js';
import { Sweeper } from '../engine/sweeper.js';
import { BullWakeups } from './bull-wakeups.js';
import { Lookout } from './lookout.js';

const BEAT_EVERY_MS = 1_000;
/** A worker that has not been heard of for this long is taken for dead. */
const BEAT_TTL_MS = 4_000;
const CANARY_EVERY = 5;
const WORDS = { begins: 'the heartbeat failed; the store may be away', ends: 'the heart beats again' };

/** Keeps a worker at work: its heartbeat, its permit, the sweeper, the lookout and the canary. */
@Injectable()
export class WorkerLife implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private beats = 0;
  private readonly trouble: LastingTrouble;

  constructor(
    private readonly permit: Permit,
    private readonly sweeper: Sweeper,
    private readonly lookout: Lookout,
    private readonly wakeups: BullWakeups,
    @Inject(LOGGER) log: Log,
  ) {
    this.trouble = new LastingTrouble(log, WORDS);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.beat();
    this.timer = setInterval(() => void this.beat(), BEAT_EVERY_MS);
    this.permit.start();
    this.sweeper.start();
    this.lookout.start();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.permit.stop();
    this.sweeper.stop();
    await this.lookout.stop();
  }

  private async beat(): Promise<void> {
    try {
      await this.permit.beat(BEAT_TTL_MS);
      if (this.beats++ % CANARY_EVERY === 0) await this.wakeups.canary();
      this.trouble.worked();
    } catch (error) {
      this.trouble.failed(error);
    }
  }
}
