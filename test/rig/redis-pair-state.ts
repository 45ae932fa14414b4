import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PairedRedis, RedisPair } from './redis-pair.js';
import { waitFor } from './wait-for.js';

/** What matters about one server of a pair: what it is, and what it would be after a restart. */
export interface PairedState {
  readonly role: string;
  readonly follows: string;
  readonly minReplicas: string;
  readonly file: string[];
}

/** Reads both servers. */
export async function stateOfPair(pair: RedisPair): Promise<{ a: PairedState; b: PairedState }> {
  const [a, b] = await Promise.all([stateOf(pair.a), stateOf(pair.b)]);
  return { a, b };
}

/**
 * Brings a pair back to a as the primary and b as its replica that has everything.
 *
 * @param closed whether a takes no writes, as after `redis-fence`
 * @param port under which b reaches a, where that is not a's own
 */
export async function bringHome({ a, b }: RedisPair, closed: boolean, port = a.port): Promise<void> {
  await a.redis.replicaof('NO', 'ONE');
  await b.redis.replicaof(a.host, port);
  await a.redis.config('SET', 'min-replicas-to-write', closed ? '2147483647' : '0');
  await b.redis.config('SET', 'min-replicas-to-write', '0');
  for (const { redis } of [a, b]) await redis.config('REWRITE');
  await untilCaughtUp({ a, b });
}

/** Waits until b has everything that a has. */
export async function untilCaughtUp({ a, b }: Pick<RedisPair, 'a' | 'b'>): Promise<void> {
  await waitFor(
    'redis-b to have everything',
    async () => {
      const [from, to] = [await a.replication(), await b.replication()];
      if (to.get('master_link_status') !== 'up' || from.get('master_replid') !== to.get('master_replid')) return false;
      return Number(to.get('slave_repl_offset')) >= Number(from.get('master_repl_offset'));
    },
    20_000,
  );
}

async function stateOf(server: PairedRedis): Promise<PairedState> {
  const told = await server.replication();
  const answer: unknown = await server.redis.config('GET', 'min-replicas-to-write');
  const lines = readFileSync(join(server.process().folder, 'redis.conf'), 'utf8').split('\n');
  return {
    role: told.get('role') ?? '',
    follows: `${told.get('master_host') ?? ''}:${told.get('master_port') ?? ''}`,
    minReplicas: Array.isArray(answer) ? String(answer[1]) : '',
    file: lines.filter((line) => /^(replicaof|min-replicas-to-write) (?!0$)/.test(line)).toSorted(),
  };
}
