import { PluginError, type EffectCall, type Progress } from '../../../src/plugin-sdk/index.js';
import { NOTES_KEPT_MS } from './evict.js';
import type { RedisSystem } from './kit.js';
import type { Params } from './params.js';
import { noteKeysOf, type Before } from './run-note.js';
import { loadScript, runScript } from './run-script.js';
import { RESTORE } from './scripts.js';
import { selectionOf } from './selection.js';

/** How many copies are put back at once. */
const BATCH = 50;

type Effect = EffectCall<RedisSystem, Params>;

/**
 * Puts the copies back, but for keys that have been written again since and those whose life would be over. A step that
 * was never applied is shut out, and nothing else happens.
 *
 * @throws PluginError `not-restorable` when keys were evicted without copies, `copies-gone` when these were kept no longer,
 *   `changed-meanwhile` when another eviction of the same keys was begun instead of this one
 */
export async function restore(call: Effect, before: Before): Promise<Progress> {
  const cache = call.client.redis.get(call.params.cache);
  const selection = selectionOf(call.params, cache.config);
  const { head, note, copies } = noteKeysOf(selection, before);
  return cache.use(call.signal, async (server) => {
    await loadScript(server, RESTORE);
    for (;;) {
      await call.fence();
      call.signal.throwIfAborted();
      const args = [before.runs, server.now() + cache.timeoutMs, BATCH, NOTES_KEPT_MS, before.entries === null ? 0 : 1];
      const { word, rest } = await runScript(server, RESTORE, [head, note, copies], args);
      if (word !== 'OK') throw refusal(word, cache.name, rest[0] ?? '');
      const [toDo = 0, restored = 0, thereAgain = 0, over = 0] = rest.map(Number);
      if (restored + thereAgain + over > 0)
        call.log.info('keys restored', { cache: cache.name, restored, leftAlone: thereAgain, over });
      if (toDo === 0) return { done: true };
    }
  });
}

function refusal(word: string, name: string, evicted: string): PluginError {
  switch (word) {
    case 'NOCOPIES': {
      const detail = `${evicted} keys were evicted from ${name} without copies, as the plan said: the applications must fill them in again`;
      return new PluginError('not-restorable', detail, false);
    }
    case 'GONE': {
      const detail = `the copies of ${evicted} keys evicted from ${name} are not there any more: the applications must fill them in again`;
      return new PluginError('copies-gone', detail, false);
    }
    case 'OTHER': {
      const detail = `another eviction of the same keys of ${name} was begun instead of this one: there is nothing of this one to take back`;
      return new PluginError('changed-meanwhile', detail, false);
    }
    case 'LATE':
      return new PluginError('late', `a batch reached ${name} too late and was not made`);
  }
  return new PluginError('not-understood', `${name} answered ${word}`, false);
}
