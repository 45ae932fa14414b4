import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LOGGER } from '../parts.js';
import type { Log } from '../telemetry/logger.js';
import { Effects } from '../engine/effects.js';
import { BullWakeups } from './bull-wakeups.js';
import { Sweeper } from '../engine/sweeper.js';

const BEAT_EVERY_MS = 1_000;
/** A worker that has not been heard of for this long is taken for dead. */
const BEAT_TTL_MS = 4_000;
const CANARY_EVERY = 5;

/** Keeps a worker alive in the eyes of the others: its heartbeat, the sweeper and the canary. */
@Injectable()
export class WorkerLife implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private beats = 0;

  constructor(
    private readonly effects: Effects,
    private readonly sweeper: Sweeper,
    private readonly wakeups: BullWakeups,
    @Inject(LOGGER) private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.beat();
    this.timer = setInterval(() => void this.beat(), BEAT_EVERY_MS);
    this.sweeper.start();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.sweeper.stop();
  }

  private async beat(): Promise<void> {
    try {
      await this.effects.beat(BEAT_TTL_MS);
      if (this.beats++ % CANARY_EVERY === 0) await this.wakeups.canary();
    } catch (error) {
      this.log.warn(
        { error: error instanceof Error ? error.message : String(error) },
        'the heartbeat failed; the store may be away',
      );
    }
  }
}
