import { setTimeout as pause } from 'node:timers/promises';
import { PluginError, type EffectCall, type Progress } from '../../../src/plugin-sdk/index.js';
import type { CacheServer } from './cache-server.js';
import type { Cache } from './caches.js';
import type { RedisSystem } from './kit.js';
import type { Params } from './params.js';
import { bytesOf, noteKeysOf, readRun, type Before, type Run } from './run-note.js';
import { loadScript, runScript, type ScriptAnswer } from './run-script.js';
import { EVICT } from './scripts.js';
import { assertAnswerable, criterionForScript, selectionOf, type Selection } from './selection.js';
import { LOOKS_PER_KEY, tooFewSamples } from './survey.js';

/** One call works for so long, in milliseconds; then others may, and it is asked again. */
const SLICE_MS = 700;

/** So many keys that were planned by name are evicted at once; of others the server takes about as many. */
const BATCH = 100;

/** How long notes are kept, in milliseconds: longer than anybody takes back. */
export const NOTES_KEPT_MS = 30 * 24 * 60 * 60 * 1_000;

type Effect = EffectCall<RedisSystem, Params>;

/**
 * Evicts for a while. How far it is stands in the cache, written in one step with each batch, so whoever is asked next
 * goes on from there.
 *
 * @throws PluginError `changed-meanwhile` when somebody else began an eviction of the same keys since the plan was made,
 *   `taken-back` when the step was taken back, `late` when a batch was under way for too long
 */
export async function evictForAWhile(call: Effect, before: Before): Promise<Progress> {
  const cache = call.client.redis.get(call.params.cache);
  const selection = selectionOf(call.params, cache.config);
  return cache.use(call.signal, async (server) => {
    assertAnswerable(selection, server);
    const eviction = new Eviction(call, { cache, server, selection, before });
    const run = await readRun(server, noteKeysOf(selection, before));
    await loadScript(server, EVICT);
    return eviction.slice(run);
  });
}

interface Place {
  readonly cache: Cache;
  readonly server: CacheServer;
  readonly selection: Selection;
  readonly before: Before;
}

/** One slice of an eviction. */
class Eviction {
  private readonly begun = performance.now();
  private evictedBefore = 0;
  private looked = 0;
  private batch = 0;

  constructor(
    private readonly call: Effect,
    private readonly place: Place,
  ) {}

  async slice(run: Run | undefined): Promise<Progress> {
    if (run?.by === this.call.key && run.state === 'done') return { done: true };
    this.batch = run?.batch ?? 0;
    this.evictedBefore = run?.evicted ?? 0;
    // a cursor means nothing to a server that was started again: going over everything once more is harmless
    const isSameRun = run !== undefined && (run.run === this.place.server.run || this.place.before.entries !== null);
    let at = isSameRun ? run.cursor : '0';
    while (performance.now() - this.begun < SLICE_MS) {
      const batch = await this.evict(at);
      if (batch.isLast) return { done: true };
      at = batch.next;
      const due = batch.evicted - this.evictedBefore + this.looked / LOOKS_PER_KEY;
      const ahead = (due * 1_000) / this.place.selection.keysPerSecond - (performance.now() - this.begun);
      if (ahead > SLICE_MS) return { done: false, againInMs: Math.ceil(ahead) };
      if (ahead > 0) await pause(ahead, undefined, { signal: this.call.signal });
    }
    return { done: false, againInMs: 0 };
  }

  private async evict(
    at: string,
  ): Promise<{ readonly next: string; readonly evicted: number; readonly isLast: boolean }> {
    const { server, cache } = this.place;
    await this.call.fence();
    this.call.signal.throwIfAborted();
    const { word, rest } = await this.send(at);
    if (word !== 'OK') throw refusal(word, server.name);
    const [next = '0', looked = '0', evicted = '0', left = '0', limited = 'no'] = rest;
    this.batch += 1;
    this.looked += Number(looked);
    const isLast = next === '0' || limited === 'yes';
    if (isLast) {
      const counts = { evicted: Number(evicted), leftAlone: Number(left), limitReached: limited === 'yes' };
      this.call.log.info('keys evicted', { cache: cache.name, ...counts });
    }
    return { next, evicted: Number(evicted), isLast };
  }

  private send(at: string): Promise<ScriptAnswer> {
    const { cache, server, selection, before } = this.place;
    const { head, note, copies } = noteKeysOf(selection, before);
    const { prefix, share, criterion, maxKeys, maxPercent } = selection;
    const { restorable } = cache.config;
    const from = Number(at);
    const planned = before.entries?.slice(from, from + BATCH) ?? [];
    const next = from + BATCH < (before.entries?.length ?? 0) ? from + BATCH : 0;
    return runScript(
      server,
      EVICT,
      [head, note, copies, ...planned.map(({ key }) => bytesOf(key))],
      [
        ...criterionForScript(criterion, server.now()),
        this.call.key,
        this.call.epoch,
        before.runs,
        this.batch,
        // when we have given it up by then, it must not happen any more
        server.now() + cache.timeoutMs,
        at,
        prefix,
        share.from,
        share.to,
        server.run,
        maxKeys,
        maxPercent,
        before.entries === null ? -1 : restorable.bytes,
        restorable.keepFor,
        NOTES_KEPT_MS,
        next,
        ...planned.flatMap(({ ends, type }) => [ends, type]),
      ],
    );
  }
}

function refusal(word: string, name: string): PluginError {
  switch (word) {
    case 'OTHER':
      return new PluginError(
        'changed-meanwhile',
        `somebody else has begun to evict the same keys of ${name} since the plan was made: plan again`,
        false,
      );
    case 'BACK':
      return new PluginError(
        'taken-back',
        `this eviction from ${name} was taken back: nothing is evicted any more`,
        false,
      );
    case 'OLD':
      return new PluginError('overtaken', `another process goes on with this eviction from ${name}`, false);
    case 'MOVED':
      return new PluginError('overtaken', `a batch of this eviction from ${name} was made in between: look again`);
    case 'LATE':
      return new PluginError('late', `a batch reached ${name} too late and was not made`);
    case 'NOSAMPLES':
      return tooFewSamples(name);
    case 'GONE':
      return new PluginError('notes-gone', `${name} has lost how far this eviction is: plan again`, false);
  }
  return new PluginError('not-understood', `${name} answered ${word}`, false);
}
