import { Redis } from 'ioredis';
import { TokenBucket } from '../../plugins/throttle/redis-bucket/client.js';

/** Many who take from one bucket as fast as they are answered, each through a connection of its own. */
export interface TokenTakers {
  /** When each was let through, in milliseconds of this process's clock. */
  readonly allowed: readonly number[];
  readonly refused: readonly number[];
  readonly stop: () => Promise<void>;
}

/**
 * Starts them.
 *
 * @param key of the limit
 */
export function startTakers(count: number, port: number, key: string): TokenTakers {
  const [allowed, refused]: [number[], number[]] = [[], []];
  let goesOn = true;
  const takers = Array.from({ length: count }, async () => {
    const own = new Redis({ host: '127.0.0.1', port, retryStrategy: () => null });
    try {
      const bucket = new TokenBucket(own, key);
      while (goesOn) {
        const taken = await bucket.take();
        (taken.allowed ? allowed : refused).push(performance.now());
      }
    } finally {
      own.disconnect();
    }
  });
  const stop = async (): Promise<void> => {
    goesOn = false;
    await Promise.all(takers);
  };
  return { allowed, refused, stop };
}
