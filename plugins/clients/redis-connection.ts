import { Redis, ReplyError } from 'ioredis';
import { PluginError } from '../../src/plugin-sdk/index.js';
import type { RedisServer } from './redis-server.js';

/** What a server answers while it cannot, but will again. */
const LATER = /^(LOADING|BUSY|MASTERDOWN|TRYAGAIN)/;

/** What it answers to whom it does not know, or does not let in. */
const UNKNOWN = /^(WRONGPASS|NOAUTH)/;

/**
 * Opens a connection for one look or one write, and closes it afterwards.
 *
 * @param name how errors call the server, such as `carts/a`
 * @param timeoutMs for connecting, and for each command
 * @param use gets the connection; it must not keep it
 * @throws PluginError `target-unreachable` or `timed-out` when the server does not answer, `refused-by-target` with
 *   what it said, `not-understood` when it is no Redis, and whatever the signal was aborted with
 */
export async function withConnection<T>(
  name: string,
  { host, port, username, password, tls, db }: RedisServer,
  timeoutMs: number,
  signal: AbortSignal,
  use: (redis: Redis) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const redis = new Redis({
    host,
    port,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    lazyConnect: true,
    // Servers that are loading, or replicas without a primary, are to be looked at as well.
    enableReadyCheck: false,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    // A server that stands still does not say goodbye either.
    disconnectTimeout: 1,
  });
  let failure: Error | undefined;
  redis.on('error', (error: Error) => (failure ??= error));
  const drop = (): void => redis.disconnect();
  signal.addEventListener('abort', drop);
  try {
    await redis.connect();
    // As an option of the client, a database that is not there would be passed over in silence.
    if (db !== undefined && db !== 0) await redis.select(db);
    return await use(redis);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PluginError) throw error;
    // What was said first is the cause; that the connection is closed is only what came of it.
    throw told(name, error instanceof ReplyError ? error : (failure ?? error), timeoutMs);
  } finally {
    signal.removeEventListener('abort', drop);
    redis.disconnect();
  }
}

/** Whether an error says that the server itself did not answer. */
export function isUnreachable(error: unknown): error is PluginError {
  return error instanceof PluginError && (error.code === 'target-unreachable' || error.code === 'timed-out');
}

/** The client's own errors carry the command with its arguments, a password among them: only the text goes on. */
function told(name: string, error: unknown, timeoutMs: number): Error {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof ReplyError) {
    const advice = UNKNOWN.test(text) ? ' (look at username and password in the configuration)' : '';
    return new PluginError('refused-by-target', `${name} answered: ${text}${advice}`, LATER.test(text));
  }
  if (text === 'Command timed out' || text === 'connect ETIMEDOUT')
    return new PluginError('timed-out', `${name} did not answer within ${timeoutMs} ms`);
  // Somebody answered, so that nobody may conclude that the server is down.
  if (/RESP|rotocol error/.test(text))
    return new PluginError(
      'not-understood',
      `${name} does not speak as a Redis does: look at its host and port`,
      false,
    );
  return new PluginError('target-unreachable', `${name} can't be reached: ${text}`);
}
