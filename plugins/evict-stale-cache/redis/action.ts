import { setTimeout as pause } from 'node:timers/promises';
import type { Call, Plan, VerifyAnswer } from '../../../src/plugin-sdk/index.js';
import type { CacheServer } from './cache-server.js';
import { evictForAWhile } from './evict.js';
import type { RedisKit, RedisSystem } from './kit.js';
import { paramsSchema, type Params } from './params.js';
import { planOf } from './plan.js';
import { restore } from './restore.js';
import { beforeSchema, bytesOf, noteKeysOf, readRun, readRuns, type Before } from './run-note.js';
import { assertAnswerable, saySelection, selectionOf, type Selection } from './selection.js';
import { countStale, survey, type Thoroughness } from './survey.js';

/** The server's clock of unused time goes in steps of a second: no key is called forgotten for less than two. */
const IDLE_STEP_MS = 2_000;

type Asking = Call<RedisSystem, Params>;

/** Makes the action that evicts stale keys from a Redis cache, a batch at a time. */
export function redisAction({ action, config }: RedisKit) {
  return action({
    summary: 'Evict stale keys from a Redis cache, a batch at a time',
    params: paramsSchema(config.redis),
    before: beforeSchema,
    risk: 'medium',
    idempotency: 'conditional',

    async check(call) {
      const { found, complete } = await onCache(call, (server, selection) =>
        surveyFor(call, server, selection, { most: 0, untilOne: true }),
      );
      if (found > 0 || !complete) return { needed: true };
      const cache = call.client.redis.get(call.params.cache);
      return {
        needed: false,
        because: `${cache.name} has no stale keys: ${saySelection(selectionOf(call.params, cache.config))}`,
      };
    },

    plan: (call): Promise<Plan<Before>> =>
      onCache(call, async (server, selection) => {
        const { config: of, name } = call.client.redis.get(call.params.cache);
        const runs = await readRuns(server, selection);
        const seen = await surveyFor(call, server, selection, { most: of.restorable.keys });
        return planOf({ name, config: of, keys: server.keys, selection }, seen, runs);
      }),

    apply: (call, before) => evictForAWhile(call, before),

    verify: (call, before) => onCache(call, (server, selection) => verified(call, server, selection, before)),

    revert: (call, before) => restore(call, before),
  });
}

function onCache<T>(call: Asking, work: (server: CacheServer, selection: Selection) => Promise<T>): Promise<T> {
  const cache = call.client.redis.get(call.params.cache);
  const selection = selectionOf(call.params, cache.config);
  return cache.use(call.signal, async (server) => {
    assertAnswerable(selection, server);
    return work(server, selection);
  });
}

function surveyFor(call: Asking, server: CacheServer, selection: Selection, how: Thoroughness) {
  return survey(server, selection, how, (ms) => pause(ms, undefined, { signal: call.signal }));
}

/** What the note says was written together with the evictions; and what was stale then and is there still, is not evicted. */
async function verified(
  call: Asking,
  server: CacheServer,
  selection: Selection,
  before: Before,
): Promise<VerifyAnswer> {
  const run = await readRun(server, noteKeysOf(selection, before));
  if (run === undefined) return { took: false, detail: `nothing was evicted from ${server.name} by this step` };
  if (run.state === 'back') return { took: false, detail: `the eviction from ${server.name} was taken back` };
  if (run.state === 'going')
    return { took: false, detail: `the eviction from ${server.name} is not finished: ${run.evicted} keys so far` };
  const { criterion } = selection;
  // when a limit ended it, or use leaves no trace of its time, what is left says nothing
  if (run.limited || criterion.by === 'lru-k' || (criterion.by === 'any' && !server.tracksIdle)) return { took: true };
  const forgotten: Selection = criterion.by === 'any' ? { ...selection, criterion: { by: 'idle', ms: 0 } } : selection;
  const olderMs = server.now() - run.began + IDLE_STEP_MS;
  const left = await stillThere(call, server, forgotten, before, olderMs);
  // of the keys that were planned by name, those were left alone that somebody has written since
  if (left <= (before.entries === null ? 0 : run.left)) return { took: true };
  return { took: false, detail: `${left} keys of ${server.name} that were to be evicted are still there` };
}

async function stillThere(
  call: Asking,
  server: CacheServer,
  selection: Selection,
  { entries }: Before,
  olderMs: number,
): Promise<number> {
  if (entries === null) return (await surveyFor(call, server, selection, { most: 0, olderMs })).found;
  const keys = entries.map(({ key }) => bytesOf(key));
  return countStale(server, selection, keys, olderMs);
}
