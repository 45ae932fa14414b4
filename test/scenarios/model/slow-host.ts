import type { Clock } from '../../../src/core/clock.js';
import type { Host } from '../../../src/plugin-host/host.js';
import { withMethods } from '../../../src/testing/with-methods.js';

/**
 * Plugins behind a network: each call takes its time before and after it does something, as the list says, over and over.
 */
export function slowHost(host: Host, clock: Clock, delaysMs: readonly number[]): Host {
  let next = 0;
  const pause = (): Promise<void> => {
    const ms = delaysMs[next++ % delaysMs.length] ?? 0;
    return ms === 0 ? Promise.resolve() : new Promise((resolve) => void clock.after(ms, resolve));
  };
  const around = <A extends unknown[], R>(run: (...call: A) => Promise<R>) => {
    return async (...call: A): Promise<R> => {
      await pause();
      const result = await run(...call);
      await pause();
      return result;
    };
  };
  return withMethods(host, {
    check: around((...call) => host.check(...call)),
    plan: around((...call) => host.plan(...call)),
    apply: around((...call) => host.apply(...call)),
    verify: around((...call) => host.verify(...call)),
    measure: around((...call) => host.measure(...call)),
    revert: around((...call) => host.revert(...call)),
  });
}
