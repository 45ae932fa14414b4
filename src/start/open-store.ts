import type { Cluster, Redis } from 'ioredis';
import type { Config } from '../config.js';
import { RedisExecutionStore } from '../engine/redis-execution-store.js';
import { durabilityProblems } from '../redis/check-durability.js';
import { connect, untilReady, type RedisTarget, type RedisUse } from '../redis/connect.js';
import { startEmbeddedRedis, type EmbeddedRedis } from '../redis/embedded-redis.js';
import { RedisClock } from '../redis/redis-clock.js';
import type { Log } from '../telemetry/logger.js';
import { messageOf } from '../core/message-of.js';

/** A store that is ready, with its connections. */
export interface OpenStore {
  readonly ok: true;
  readonly store: RedisExecutionStore;
  readonly clock: RedisClock;
  readonly commands: Redis | Cluster;
  readonly queue: Redis | Cluster;
  /** Comes back when Redis has been away for a few seconds: whoever waits for a save then waits in vain. */
  untilGone(): Promise<void>;
  close(): Promise<void>;
}

const REACHED_WITHIN_MS = 15_000;
const CLOCK_EVERY_MS = 1_000;
const LOOK_EVERY_MS = 500;
/** Counted, not timed: so many looks in a row. */
const GONE_AFTER_LOOKS = 10;
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
  const away = new Set<Redis | Cluster>();
  let embedded: EmbeddedRedis | undefined;
  const stops: (() => void)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of stops) stop();
    for (const connection of connections) connection.disconnect();
    await embedded?.stop();
  };
  try {
    if (config.redis.kind === 'embedded')
      embedded = await startEmbeddedRedis(config.dataDir, {
        ended: (because) => log.warn({ because }, 'the embedded Redis ended; it is started again'),
        staysDown: (because) =>
          log.error({ because }, 'the embedded Redis does not stay up: nothing is taken in until it does'),
      });
    const target: RedisTarget = embedded === undefined ? targetOf(config) : { kind: 'socket', path: embedded.socket };
    const open = async (use: RedisUse): Promise<Redis | Cluster> => {
      const connection = connect(target, use);
      connections.push(connection);
      connection.on('error', (error: Error) => {
        // all connections lose it at once: it is said once
        if (away.size === 0) log.warn({ error: error.message, use }, 'Redis is away');
        away.add(connection);
      });
      connection.on('ready', () => {
        if (away.delete(connection) && away.size === 0) log.info('Redis is back');
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
    const untilGone = (): Promise<void> =>
      new Promise((resolve) => {
        let looks = 0;
        const timer = setInterval(() => {
          looks = connections.some(({ status }) => status !== 'ready') ? looks + 1 : 0;
          if (looks === GONE_AFTER_LOOKS) resolve();
        }, LOOK_EVERY_MS);
        stops.push(() => clearInterval(timer));
      });
    return { ok: true, store, clock, commands, queue, untilGone, close };
  } catch (error) {
    await close();
    return { ok: false, problems: [messageOf(error)] };
  }
}

function targetOf({ redis }: Config): RedisTarget {
  if (redis.kind === 'embedded') throw new Error('the embedded Redis has no address before it is started');
  return redis;
}
