import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { z } from 'zod';
import type { Comparison, Manner } from '../../plugins/cut-over-center/consistency/comparison.js';
import { RedisSides } from '../../plugins/cut-over-center/consistency/redis-sides.js';
import { comparing } from '../../plugins/cut-over-center/consistency/slice.js';

/**
 * A process that compares two Redis servers a slice at a time, when it is told to, and tells how much memory it has:
 * `node comparing.js <port here> <port there>`.
 */
const orderSchema = z.object({ forMs: z.number(), keysPerSecond: z.number() });

/** What it tells after each slice. */
export interface SliceReport {
  readonly done: boolean;
  readonly looked: number;
  readonly counts: Comparison['counts'];
  /** The most since the process was ready, in bytes. */
  readonly rss: number;
  readonly heap: number;
}

const most = { rss: 0, heap: 0 };

function measure(): void {
  const { rss, heapUsed } = process.memoryUsage();
  most.rss = Math.max(most.rss, rss);
  most.heap = Math.max(most.heap, heapUsed);
}

async function main(): Promise<void> {
  const [here, there] = process.argv.slice(2).map((port) => new Redis({ host: '127.0.0.1', port: Number(port) }));
  if (here === undefined || there === undefined) throw new Error('name two ports');
  await Promise.all([here.ping(), there.ping()]);
  const sides = new RedisSides({ here, there }, Date.now);
  const clock = { now: Date.now, sleep: (ms: number) => pause(ms) };
  const manner: Manner = { keep: 5, toleranceMs: 2_000, settleMs: 200, clock };
  let state: Comparison | undefined;
  const slice = async (order: unknown): Promise<void> => {
    for await (const one of comparing(state, sides, manner, orderSchema.parse(order))) {
      state = one;
      measure();
    }
    if (state === undefined) return;
    const { looked, counts, walking } = state;
    const report: SliceReport = { done: walking === 'nobody', looked, counts, ...most };
    process.send?.(report);
  };
  process.on('message', (order) => void slice(order));
  process.on('disconnect', () => process.exit());
  measure();
  process.send?.(most);
}

await main();
