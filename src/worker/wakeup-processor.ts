import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { Job } from 'bullmq';
import { z } from 'zod';
import { LOGGER } from '../parts.js';
import { LastingTrouble } from '../telemetry/lasting-trouble.js';
import type { Log } from '../telemetry/logger.js';
import { Canary } from './canary.js';
import { Engine } from '../engine/engine.js';
import { WAKEUP_QUEUE } from './queue.js';

const jobData = z.union([
  z.strictObject({ id: z.string().max(100), at: z.number() }),
  z.strictObject({ canary: z.number() }),
]);

const WORDS = { begins: 'the queue has trouble; wake-ups come late', ends: 'the queue works again' };

/**
 * Answers the bell: moves the named execution on. Mutual exclusion is the store's, not the queue's: a stalled job is
 * given to another worker while the first may still run.
 */
@Processor(WAKEUP_QUEUE, { concurrency: 50, lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000 })
export class WakeupProcessor extends WorkerHost {
  private readonly trouble: LastingTrouble;

  constructor(
    private readonly engine: Engine,
    private readonly canary: Canary,
    @Inject(LOGGER) private readonly log: Log,
  ) {
    super();
    this.trouble = new LastingTrouble(log, WORDS);
  }

  async process(job: Job<unknown>): Promise<void> {
    const data = jobData.safeParse(job.data);
    if (!data.success) {
      this.log.warn({ jobId: job.id }, 'a job of an unknown shape was put aside; nothing was done');
      return;
    }
    if ('canary' in data.data) await this.canary.arrived(data.data.canary);
    else await this.engine.advance(data.data.id);
  }

  /** A failed job is no loss: the sweeper rings again. */
  @OnWorkerEvent('failed')
  failed(job: Job | undefined, error: Error): void {
    const data = jobData.safeParse(job?.data).data;
    const about = data !== undefined && 'id' in data ? { executionId: data.id } : {};
    this.log.warn({ ...about, error: error.message }, 'a wake-up could not be answered; it is rung for again');
  }

  /** Without a listener an error of the connection would end the process. */
  @OnWorkerEvent('error')
  error(error: Error): void {
    this.trouble.failed(error);
  }

  @OnWorkerEvent('completed')
  completed(): void {
    this.trouble.worked();
  }
}
