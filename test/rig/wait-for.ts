import { setTimeout as pause } from 'node:timers/promises';

/** What a check gives: the value waited for, or nothing yet. */
export type Answer<T> = T | undefined | false;

/**
 * Asks again and again until the check has an answer; a check that throws counts as "not yet".
 *
 * @param what completes the sentence "waited for ..." when the time is over
 * @param check gives the awaited value, or `undefined` or `false` while it is not there
 * @param withinMs after this long it is an error
 * @param everyMs pause between two checks
 */
export async function waitFor<T>(
  what: string,
  check: () => Answer<T> | Promise<Answer<T>>,
  withinMs: number,
  everyMs = 20,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    let lastError = '';
    try {
      const answer = await check();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      lastError = `; the last check failed: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms in vain for ${what}${lastError}`);
    await pause(everyMs);
  }
}
