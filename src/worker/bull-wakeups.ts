import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { Instant } from '../core/alert.js';
import type { Clock } from '../core/clock.js';
import { CLOCK } from '../parts.js';
import { WAKEUP_QUEUE, type WakeupJob } from './queue.js';
import type { Wakeups } from '../engine/wakeups.js';

/** Rings through BullMQ. A job carries an id and a time; what is to be done stands in the store. */
@Injectable()
export class BullWakeups implements Wakeups {
  constructor(
    @InjectQueue(WAKEUP_QUEUE) private readonly queue: Queue<WakeupJob>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    // whoever opened its connection says that it is away; without a listener BullMQ prints each failure with its stack
    queue.on('error', () => undefined);
  }

  async ring(id: string, at: Instant): Promise<void> {
    const delay = Math.max(0, at - this.clock.now());
    await this.queue.add('advance', { id, at }, { delay, removeOnComplete: true, removeOnFail: 100 });
  }

  /** Sends a job through queue and worker that only shows that both are there. */
  async canary(): Promise<void> {
    await this.queue.add('canary', { canary: this.clock.now() }, { removeOnComplete: true, removeOnFail: 10 });
  }

  /** How many jobs are in which state. */
  async counts(): Promise<{ readonly [state: string]: number }> {
    return this.queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
  }
}
