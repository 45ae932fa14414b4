import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { CacheServer } from './cache-server.js';
import type { Script } from './scripts.js';

/** What a script answered: its first word, the server's clock, and the rest; each byte is one character. */
export interface ScriptAnswer {
  readonly word: string;
  readonly now: number;
  readonly rest: readonly string[];
}

/** Has the server keep a script, so that it need not be sent with each batch. */
export async function loadScript({ redis, hasFlags }: CacheServer, script: Script): Promise<void> {
  await redis.script('LOAD', textOf(script, hasFlags));
}

/**
 * Runs a script in the server.
 *
 * @throws PluginError `not-understood` when the answer is none of our scripts'
 */
export async function runScript(
  { redis, name, hasFlags }: CacheServer,
  script: Script,
  keys: readonly (string | Buffer)[],
  args: readonly (string | number)[],
): Promise<ScriptAnswer> {
  const answer = await send(redis, textOf(script, hasFlags), [keys.length, ...keys, ...args]);
  const [word, now, ...rest] = Array.isArray(answer) ? answer.map(textIn) : [];
  if (word === undefined || !(Number(now) > 0))
    throw new PluginError('not-understood', `${name} does not answer a script as a Redis does`, false);
  return { word, now: Number(now), rest };
}

const textIn = (part: unknown): string => (Buffer.isBuffer(part) ? part.toString('latin1') : String(part));

const textOf = ({ flagged, plain }: Script, hasFlags: boolean): string => (hasFlags ? flagged : plain);

const shas = new Map<string, string>();

/** By its name where the server knows it: a batch is a hundred keys, and its script longer than all of them. */
async function send(redis: Redis, script: string, args: readonly (string | number | Buffer)[]): Promise<unknown> {
  const sha = shas.get(script) ?? createHash('sha1').update(script).digest('hex');
  shas.set(script, sha);
  try {
    return await redis.callBuffer('EVALSHA', sha, ...args);
  } catch (error: unknown) {
    // it was not run, so nothing is done twice
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return redis.callBuffer('EVAL', script, ...args);
  }
}
