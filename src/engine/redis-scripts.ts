import { readFileSync } from 'node:fs';
import type { Cluster, Redis, Result } from 'ioredis';

/** A storm as lua/storms.lua gives it. */
export type StoredStorm = [
  key: string,
  since: string,
  calmAt: string,
  first: string,
  proposal: string,
  targets: string[],
];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    fbTime(prefix: string): Result<[seconds: string, microseconds: string], Context>;
    fbRepeat(prefix: string, ...args: (string | number)[]): Result<[now: string, kept: string], Context>;
    fbReceive(prefix: string, ...args: (string | number)[]): Result<string[], Context>;
    fbOpen(
      prefix: string,
      id: string,
      runbook: string,
      target: string,
      claims: string,
      record: string,
      fingerprint: string,
      entry: string,
    ): Result<string, Context>;
    fbAppend(
      prefix: string,
      id: string,
      version: number,
      record: string,
      event: string,
      about: string,
      at: number,
      entry: string,
    ): Result<string, Context>;
    fbLook(prefix: string, claims: string, id: string): Result<string, Context>;
    fbRecent(prefix: string, key: string, ms: number): Result<string[], Context>;
    fbStorms(prefix: string): Result<StoredStorm[], Context>;
    fbPropose(prefix: string, key: string, proposal: string): Result<number, Context>;
    fbCalm(prefix: string, key: string, entry: string): Result<number, Context>;
    fbTrust(prefix: string, runbook: string, entry: string): Result<number, Context>;
    fbCenter(prefix: string, center: string, by: string, way: 'in' | 'out', entry: string): Result<null, Context>;
    fbPause(prefix: string, id: string, pause: string, entry: string): Result<null, Context>;
    fbLift(prefix: string, id: string, entry: string, who: string): Result<number, Context>;
    fbPutOff(prefix: string, set: string, againInMs: number, limit: number): Result<string[], Context>;
    fbPutLetters(prefix: string, fact: string, news: string): Result<[told: string[], pushedOut: string[]], Context>;
    fbClaimLetter(prefix: string, notifier: string, leaseMs: number): Result<string[], Context>;
    fbFinishLetter(
      prefix: string,
      key: string,
      attempt: number,
      result: string,
      detail: string,
      againInMs: number,
    ): Result<number, Context>;
    fbTake(prefix: string, id: string, taken: string, ms: number, entry: string): Result<null, Context>;
    fbNote(prefix: string, entry: string): Result<null, Context>;
    fbDrill(
      prefix: string,
      drill: string,
      startedAt: number,
      result: string,
      entry: string,
      keepRuns: number,
      keepDrills: number,
    ): Result<number, Context>;
    fbOverdue(prefix: string, graceMs: number, againInMs: number, limit: number): Result<string[], Context>;
  }
}

const lua = (name: string): string => readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');

/** What most scripts begin with, in this order: each stands on those before it. */
const SHARED = ['shared', 'outbox', 'pauses', 'claims', 'claims-storm', 'claims-loop', 'claims-center', 'opening'];

/**
 * Writes JSON that a script can read: a lone surrogate, which Lua's decoder refuses together with everything around it,
 * becomes U+FFFD, as Alertmanager and every UTF-8 encoder have it.
 *
 * @throws Error for null and for numbers that JSON does not have: a script would compare with them and come to nonsense
 */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value, readable).replaceAll(/\\(?:u(d[89a-f][\da-f]{2})|.)/g, (escape, lone?: string) =>
    lone === undefined ? escape : '\\ufffd',
  );
}

function readable(name: string, value: unknown): unknown {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value)))
    throw new Error(`a script cannot read ${String(value)} as ${name}`);
  return value;
}

/** Teaches a connection the store's scripts; ioredis loads them again by itself after SCRIPT FLUSH or a failover. */
export function defineScripts(redis: Redis | Cluster): void {
  const shared = SHARED.map(lua).join('\n');
  // in a Cluster every node has a clock of its own: the one that counts is where the keys are
  redis.defineCommand('fbTime', { numberOfKeys: 1, lua: "return redis.call('TIME')" });
  redis.defineCommand('fbRepeat', { numberOfKeys: 1, lua: lua('repeat') });
  for (const [command, file] of [
    ['fbReceive', 'receive'],
    ['fbOpen', 'open'],
    ['fbAppend', 'append'],
    ['fbOverdue', 'overdue'],
    ['fbLook', 'look'],
    ['fbRecent', 'recent'],
    ['fbStorms', 'storms'],
    ['fbPropose', 'propose'],
    ['fbCalm', 'calm'],
    ['fbTrust', 'trust'],
    ['fbCenter', 'center'],
    ['fbPause', 'pause'],
    ['fbLift', 'lift'],
    ['fbNote', 'note'],
    ['fbDrill', 'drill'],
  ] as const) {
    redis.defineCommand(command, { numberOfKeys: 1, lua: `${shared}\n${lua(file)}` });
  }
  const letters = ['shared', 'letters'].map(lua).join('\n');
  for (const [command, file] of [
    ['fbPutOff', 'put-off'],
    ['fbPutLetters', 'put-letters'],
    ['fbClaimLetter', 'claim-letter'],
    ['fbFinishLetter', 'finish-letter'],
    ['fbTake', 'take'],
  ] as const) {
    redis.defineCommand(command, { numberOfKeys: 1, lua: `${letters}\n${lua(file)}` });
  }
}
