import type { Redis } from 'ioredis';
import { z } from 'zod';
import plugin from '../../plugins/evict-stale-cache/index.js';
import { NOTES } from '../../plugins/evict-stale-cache/redis/config.js';
import { PluginError, type Json, type PluginLog } from '../../src/plugin-sdk/index.js';
import type { Action, BareEffectCall } from '../../src/plugin-sdk/plugin.js';
import { plainCall } from '../rig/plain-call.js';

const silent: PluginLog = { info: () => {}, warn: () => {} };

/** What may be different about a cache in the plugin's configuration. */
export interface CacheSetting {
  readonly [name: string]: Json;
}

/** The plugin's configuration for one cache `main` on this machine, whose keys begin with `config:` or `session:`. */
export function cacheConfig(port: number, differs: CacheSetting = {}, timeout = '1s') {
  const main = { host: '127.0.0.1', port, prefixes: ['config:', 'session:'], ...differs };
  return { redis: { caches: { main }, timeout } };
}

/** The action on that cache. */
export function evictAction(port: number, differs: CacheSetting = {}, log: PluginLog = silent): Action {
  const action = plugin.instantiate(cacheConfig(port, differs), log).provided.actions?.['redis'];
  if (action === undefined) throw new Error('the plugin has no action redis');
  return action;
}

/** Applies until done; gives how often it was asked. */
export async function applyAll(
  action: Action,
  params: Json,
  before: Json,
  differs: Partial<BareEffectCall> = {},
): Promise<number> {
  for (let asked = 1; ; asked += 1) {
    if ((await action.apply(plainCall(differs), params, before)).done) return asked;
  }
}

/** Plans and applies until done; gives what the plan kept. */
export async function evictAll(action: Action, params: Json): Promise<Json> {
  const { before } = await action.plan(plainCall(), params);
  await applyAll(action, params, before);
  return before;
}

/** All keys but Firebreak's own notes, in the order of their names. */
export async function keysOf(redis: Redis): Promise<string[]> {
  return (await redis.keys('*')).filter((key) => !key.startsWith(NOTES)).toSorted();
}

/** Reading a key is a use of it, so it is written again with the idle time that it had: name, dump and end of life. */
const CONTENTS = `
local answer = {}
for i, key in ipairs(KEYS) do
  local idle, dump = redis.pcall('OBJECT', 'IDLETIME', key), redis.call('DUMP', key)
  local ends = redis.call('PEXPIRETIME', key)
  if type(idle) == 'number' then
    redis.call('RESTORE', key, math.max(ends, 0), dump, 'REPLACE', 'ABSTTL', 'IDLETIME', idle)
  end
  answer[i] = key .. ' ' .. tostring(ends) .. ' ' .. redis.sha1hex(dump)
end
return answer`;

/** What the keys hold and when they end, but for Firebreak's own notes; looking changes nothing, not even their idle time. */
export async function contentsOf(redis: Redis): Promise<Json> {
  const keys = await keysOf(redis);
  return z.array(z.string()).parse(await redis.eval(CONTENTS, keys.length, ...keys));
}

/** Gives the error of what must fail. */
export async function failure(promise: Promise<unknown>): Promise<PluginError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof PluginError) return error;
  throw new Error(`it did not fail with a PluginError but gave ${String(error)}`);
}
