import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import degradeFeature from '../../plugins/degrade-feature/index.js';
import throttle from '../../plugins/throttle/index.js';
import type { Json, PluginError } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import { startLoneRedis, type LoneRedis } from '../rig/lone-redis.js';
import { startMiddle, type Meddling, type Middle } from '../rig/middle.js';
import { plainCall } from '../rig/plain-call.js';
import { freePort } from '../rig/processes.js';

const PASSWORD = 'canary-93ce-Passw0rd';
const TIMEOUT_MS = 1_200;

/** One action that changes data of others in Redis. */
interface Subject {
  readonly action: (server: Readonly<Record<string, Json>>) => Action;
  readonly params: Json;
  readonly was: string;
  readonly becomes: string;
  readonly reset: () => Promise<unknown>;
  readonly now: () => Promise<string | null>;
  /** Makes something else of the key, such as a list. */
  readonly key: string;
}

let redis: LoneRedis;
let middle: Middle;
beforeAll(async () => {
  redis = await startLoneRedis({ password: PASSWORD });
  middle = await startMiddle(`127.0.0.1:${redis.port}`);
});
afterAll(async () => {
  await middle?.stop();
  await redis?.stop();
});
afterEach(() => middle.meddle({}));

const log = { info: () => {}, warn: () => {} };
const timeout = `${TIMEOUT_MS}ms`;
const subjects: readonly [string, Subject][] = [
  [
    'degrade-feature/redis',
    {
      action: (server) => {
        const flags = { prefix: 'feature:', ...server };
        const config = { redis: { servers: { flags }, timeout } };
        return degradeFeature.instantiate(config, log).provided.actions!['redis']!;
      },
      params: { server: 'flags', feature: 'recommendations' },
      key: 'feature:recommendations',
      was: 'true',
      becomes: 'false',
      reset: () => redis.client.set('feature:recommendations', 'true'),
      now: () => redis.client.get('feature:recommendations'),
    },
  ],
  [
    'throttle/redis-bucket',
    {
      action: (server) => {
        const limits = { prefix: 'limit:', ...server };
        const config = { redisBucket: { servers: { limits }, timeout } };
        return throttle.instantiate(config, log).provided.actions!['redis-bucket']!;
      },
      params: { server: 'limits', bucket: 'search', limit: 20 },
      key: 'limit:search',
      was: '100',
      becomes: '20',
      reset: () => redis.client.hset('limit:search', { rate: '100', burst: '50' }),
      now: () => redis.client.hget('limit:search', 'rate'),
    },
  ],
];

const failure = async (doing: Promise<unknown>): Promise<PluginError> => {
  const begun = performance.now();
  return doing.then(
    () => expect.fail('it did not fail'),
    (error: PluginError) => {
      // A look, a write and a look, each within its time-out.
      expect(performance.now() - begun).toBeLessThan(3 * TIMEOUT_MS + 1_000);
      expect(`${error.message} ${error.stack}`).not.toContain(PASSWORD);
      return error;
    },
  );
};
const isWrite = (piece: Buffer) => piece.includes("return 'written'");

describe.each(subjects)('%s', (_, subject) => {
  const { params, was, becomes } = subject;
  const through = () => subject.action({ host: '127.0.0.1', port: middle.port, password: PASSWORD });
  const direct = (differs: Readonly<Record<string, Json>> = {}) =>
    subject.action({ host: '127.0.0.1', port: redis.port, password: PASSWORD, ...differs });
  beforeEach(async () => {
    await redis.client.flushall();
    await subject.reset();
  });

  it('I4: a lost answer is one effect, and the next attempt ends as done', async () => {
    const { before } = await through().plan(plainCall(), params);
    let written = false;
    middle.meddle({
      request: (piece) => ((written ||= isWrite(piece)), piece),
      answer: (piece) => (written ? undefined : piece),
    });
    expect(await failure(through().apply(plainCall(), params, before))).toMatchObject({
      code: 'timed-out',
      again: true,
    });
    expect(await subject.now()).toBe(becomes);
    middle.meddle({});
    const effects = await redis.effects();
    expect(await through().verify(plainCall(), params, before)).toEqual({ took: true });
    expect(await through().apply(plainCall(), params, before)).toEqual({ done: true });
    expect(await redis.effects()).toBe(effects);
  });

  it('I6: a write that arrives when nobody waits for it any more has no effect', async () => {
    const { before } = await through().plan(plainCall(), params);
    let release: (() => void) | undefined;
    const hold: Meddling = async (piece) => {
      if (isWrite(piece)) await new Promise<void>((resolve) => (release = resolve));
      return piece;
    };
    middle.meddle({ request: hold });
    expect((await failure(through().apply(plainCall(), params, before))).code).toBe('timed-out');
    expect(await direct().revert(plainCall(), params, before)).toEqual({ done: true });
    const answered = new Promise<string>((resolve) =>
      middle.meddle({ answer: (piece) => (resolve(piece.toString()), piece) }),
    );
    release?.();
    expect(await answered).toContain('late');
    expect(await subject.now()).toBe(was);
  });

  it('a server that is killed in the middle is an error that says so, and one more attempt mends it', async () => {
    const { before } = await direct().plan(plainCall(), params);
    expect(await failure(direct().apply(plainCall({ fence: redis.kill }), params, before))).toMatchObject({
      code: 'target-unreachable',
      again: true,
    });
    await redis.restart();
    await subject.reset();
    expect(await direct().apply(plainCall(), params, before)).toEqual({ done: true });
    expect(await subject.now()).toBe(becomes);
  });

  it('a server that is not there, stands still or closes at once', async () => {
    const { before } = await direct().plan(plainCall(), params);
    const gone = subject.action({ host: '127.0.0.1', port: await freePort() });
    expect(await failure(gone.check(plainCall(), params))).toMatchObject({ code: 'target-unreachable', again: true });
    middle.meddle({ request: () => undefined });
    expect(await failure(through().apply(plainCall(), params, before))).toMatchObject({
      code: 'timed-out',
      again: true,
    });
    expect(await failure(through().verify(plainCall(), params, before))).toMatchObject({ code: 'timed-out' });
    const closing = createServer((socket) => socket.destroy());
    const port = await freePort();
    await new Promise<void>((resolve) => closing.listen(port, '127.0.0.1', resolve));
    const closed = subject.action({ host: '127.0.0.1', port });
    expect(await failure(closed.check(plainCall(), params))).toMatchObject({ code: 'target-unreachable', again: true });
    closing.close();
    expect(await subject.now()).toBe(was);
  });

  it('a server that is slow but answers in time is waited for', async () => {
    const { before } = await direct().plan(plainCall(), params);
    middle.meddle({ answer: (piece) => new Promise((resolve) => setTimeout(() => resolve(piece), 60)) });
    expect(await through().apply(plainCall(), params, before)).toEqual({ done: true });
    expect(await subject.now()).toBe(becomes);
  });

  it.each([
    ['that is no Redis', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'not-understood', false],
    ['that answers with another kind of thing', ':7\r\n'.repeat(10), 'not-understood', false],
  ])('a server %s', async (_name, text, code, again) => {
    const server = createServer((socket) => socket.on('data', () => socket.write(text)).on('error', () => {}));
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const rubbish = subject.action({ host: '127.0.0.1', port });
    expect(await failure(rubbish.check(plainCall(), params))).toMatchObject({ code, again });
    server.close();
  });

  it.each<[string, Readonly<Record<string, Json>>, RegExp]>([
    ['a wrong password', { password: 'wrong-canary' }, /WRONGPASS/],
    ['a user who may only look', { username: 'guest', password: PASSWORD }, /NOPERM/],
    ['a database that is not there', { db: 999 }, /DB index is out of range/],
  ])('%s: refused, with what the server said', async (name, login, words) => {
    await redis.client.acl('SETUSER', 'guest', 'on', `>${PASSWORD}`, '~*', '+@read', '+@connection', '+time');
    const error = await failure(direct(login).apply(plainCall(), params, before()));
    expect(error).toMatchObject({ code: 'refused-by-target', again: false });
    expect(error.message).toMatch(words);
    expect(error.message, name).not.toContain('wrong-canary');
    expect(await subject.now()).toBe(was);
  });
  const before = (): Json => ('limit' in Object(params) ? { limit: 100 } : { value: 'true', expires: false });

  it('a replica, and a key of another kind', async () => {
    const planned = await direct().plan(plainCall(), params);
    await redis.client.replicaof('127.0.0.1', '1');
    const readOnly = await failure(direct().apply(plainCall(), params, planned.before));
    await redis.client.replicaof('NO', 'ONE');
    expect(readOnly).toMatchObject({ code: 'refused-by-target', again: false });
    expect(readOnly.message).toContain('READONLY');
    await redis.client.del(subject.key);
    await redis.client.rpush(subject.key, 'x');
    const wrong = await failure(direct().check(plainCall(), params));
    expect(wrong).toMatchObject({ code: 'refused-by-target', again: false });
    expect(wrong.message).toContain('WRONGTYPE');
  });
});
