import { readFileSync } from 'node:fs';
import type { Cluster, Redis, Result } from 'ioredis';

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
    ): Result<string, Context>;
    fbAppend(prefix: string, ...args: (string | number)[]): Result<string, Context>;
    fbOverdue(prefix: string, graceMs: number, againInMs: number, limit: number): Result<string[], Context>;
  }
}

const lua = (name: string): string => readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');

/**
 * Writes JSON that a script can read: a lone surrogate, which Lua's decoder refuses together with everything around it,
 * becomes U+FFFD, as Alertmanager and every UTF-8 encoder have it.
 */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value).replaceAll(/\\(?:u(d[89a-f][\da-f]{2})|.)/g, (escape, lone?: string) =>
    lone === undefined ? escape : '\\ufffd',
  );
}

/** Teaches a connection the store's scripts; ioredis loads them again by itself after SCRIPT FLUSH or a failover. */
export function defineScripts(redis: Redis | Cluster): void {
  const shared = lua('shared');
  // in a Cluster every node has a clock of its own: the one that counts is where the keys are
  redis.defineCommand('fbTime', { numberOfKeys: 1, lua: "return redis.call('TIME')" });
  redis.defineCommand('fbRepeat', { numberOfKeys: 1, lua: lua('repeat') });
  for (const [command, file] of [
    ['fbReceive', 'receive'],
    ['fbOpen', 'open'],
    ['fbAppend', 'append'],
    ['fbOverdue', 'overdue'],
  ] as const) {
    redis.defineCommand(command, { numberOfKeys: 1, lua: `${shared}\n${lua(file)}` });
  }
}
