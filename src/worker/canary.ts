import { Inject, Injectable } from '@nestjs/common';
import type { Instant } from '../core/alert.js';
import type { Clock } from '../core/clock.js';
import { CLOCK, STORE } from '../parts.js';
import type { ExecutionStore } from '../engine/execution-store.js';

/** Knows when a canary last came through queue and worker: silent workers show here while every health check is green. */
@Injectable()
export class Canary {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A canary came through. */
  async arrived(sentAt: Instant): Promise<void> {
    await this.store.noteCanary(sentAt);
  }

  /** Seconds since the last canary that came through set out; undefined when none ever has. */
  async ageSeconds(): Promise<number | undefined> {
    const sentAt = await this.store.lastCanary();
    return sentAt === undefined ? undefined : Math.max(0, (this.clock.now() - sentAt) / 1000);
  }
}
