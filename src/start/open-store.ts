import type { Cluster, Redis } from 'ioredis';
import type { Config } from '../config.js';
import { RedisExecutionStore } from '../engine/redis-execution-store.js';
import { durabilityProblems } from '../redis/check-durability.js';
import { connect, untilReady, type RedisTarget, type RedisUse } from '../redis/connect.js';
import { startEmbeddedRedis, type EmbeddedRedis } from '../redis/embedded-redis.js';
import { RedisClock } from '../redis/redis-clock.js';
import type { Log } from '../telemetry/logger.js';

/** A store that is ready, with its connections. */
export interface OpenStore {
  readonly ok: true;
  readonly store: RedisExecutionStore;
  readonly clock: RedisClock;
  readonly commands: Redis | Cluster;
  readonly queue: Redis | Cluster;
  close(): Promise<void>;
}

const REACHED_WITHIN_MS = 15_000;
const CLOCK_EVERY_MS = 1_000;
/** Connections for taking in alerts beside the one for commands; more than four in all gained nothing when measured. */
const INTAKE_LANES = 3;

/** Starts or reaches Redis and checks that it keeps its promises. */
export async function openStore(
  config: Config,
  log: Log,
): Promise<OpenStore | { readonly ok: false; readonly problems: readonly string[] }> {
  if (config.durability === 'ha' && config.redis.kind === 'cluster') {
    return {
      ok: false,
      problems: [
        'FIREBREAK_DURABILITY=ha does not work with a Cluster, where nobody can wait for a replica: use Sentinel, or durable',
      ],
    };
  }
  const connections: (Redis | Cluster)[] = [];
  let embedded: EmbeddedRedis | undefined;
  const stops: (() => void)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of stops) stop();
    for (const connection of connections) connection.disconnect();
    await embedded?.stop();
  };
  try {
    if (config.redis.kind === 'embedded')
      embedded = await startEmbeddedRedis(config.dataDir, (message) => log.warn(message));
    const target: RedisTarget = embedded === undefined ? targetOf(config) : { kind: 'socket', path: embedded.socket };
    const open = async (use: RedisUse): Promise<Redis | Cluster> => {
      const connection = connect(target, use);
      connections.push(connection);
      let away = false;
      connection.on('error', (error: Error) => {
        if (!away) log.warn({ error: error.message, use }, 'Redis is away');
        away = true;
      });
      connection.on('ready', () => {
        if (away) log.info({ use }, 'Redis is back');
        away = false;
      });
      await untilReady(connection, REACHED_WITHIN_MS);
      return connection;
    };
    const [commands, subscriber, queue, ...lanes] = await Promise.all([
      open('commands'),
      open('subscriber'),
      open('worker'),
      // WAIT speaks of the writes of its own connection, so that `ha` has one lane only
      ...Array.from({ length: config.durability === 'ha' ? 0 : INTAKE_LANES }, () => open('commands')),
    ]);
    const problems = await durabilityProblems(commands, config.durability);
    if (problems.length > 0) {
      await close();
      return { ok: false, problems };
    }
    const store = new RedisExecutionStore(commands, subscriber, {
      replicas: config.durability === 'ha' ? 1 : 0,
      lanes,
    });
    const clock = new RedisClock(() => store.now());
    await clock.sync();
    stops.push(clock.follow(CLOCK_EVERY_MS));
    return { ok: true, store, clock, commands, queue, close };
  } catch (error) {
    await close();
    return { ok: false, problems: [error instanceof Error ? error.message : String(error)] };
  }
}

function targetOf({ redis }: Config): RedisTarget {
  if (redis.kind === 'embedded') throw new Error('the embedded Redis has no address before it is started');
  return redis;
}
