import type { Clock } from '../core/clock.js';

/**
 * Waits, unless it is stopped.
 *
 * @returns whether the whole time has passed
 */
export function waited(clock: Clock, ms: number, stop: AbortSignal): Promise<boolean> {
  if (stop.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const stopped = (): void => {
      cancel();
      resolve(false);
    };
    const cancel = clock.after(Math.max(0, ms), () => {
      stop.removeEventListener('abort', stopped);
      resolve(true);
    });
    stop.addEventListener('abort', stopped, { once: true });
  });
}
