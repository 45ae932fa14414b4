import plugin from '../../plugins/evict-stale-cache/index.js';
import { z } from 'zod';
import { plainCall } from './plain-call.js';

/**
 * A process that evicts stale keys from a Redis a slice at a time, when it is told to, and tells how much memory it has:
 * `node evicting.js <port> <keys per second>`.
 */
const orderSchema = z.object({ forMs: z.number() });

/** What it tells after each time. */
export interface EvictingReport {
  readonly done: boolean;
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
  const [port, rate] = process.argv.slice(2).map(Number);
  const limits = { keys: 100_000_000, percent: 100, keysPerSecond: rate };
  const cache = { host: '127.0.0.1', port, prefixes: ['stale:'], limits };
  const log = { info: () => {}, warn: () => {} };
  const { provided } = plugin.instantiate({ redis: { caches: { main: cache } } }, log);
  const action = provided.actions?.['redis'];
  if (action === undefined) throw new Error('the plugin has no action redis');
  const params = { cache: 'main', match: 'stale:*', idleLongerThan: '1h' };
  measure();
  process.send?.(most);
  const { before } = await action.plan(plainCall(), params);
  const evict = async (order: unknown): Promise<void> => {
    const end = performance.now() + orderSchema.parse(order).forMs;
    let done = false;
    while (!done && performance.now() < end) {
      done = (await action.apply(plainCall(), params, before)).done;
      measure();
    }
    const report: EvictingReport = { done, ...most };
    process.send?.(report);
  };
  process.on('message', (order) => void evict(order));
  process.on('disconnect', () => process.exit());
  process.send?.(most);
}

await main();
