import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisSessionStore } from '../../src/access/sessions/redis-session-store.js';
import { connect } from '../../src/redis/connect.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { csrfOf, Visitor } from '../rig/visitor.js';
import { NIGHT, NIGHT_PASSWORD, startLogin, type LoginApp } from './login-kit.js';

describe('two processes with one Redis', () => {
  let rig: RigRedis;
  let connections: Redis[];
  let one: LoginApp;
  let other: LoginApp;
  beforeAll(async () => {
    rig = await startRedis();
    const open = async (): Promise<LoginApp> => {
      const redis = connect({ kind: 'single', url: rig.url }, 'commands');
      redis.on('error', () => undefined);
      await new Promise<void>((resolve) => void redis.once('ready', () => resolve()));
      if (redis instanceof Redis) connections.push(redis);
      return startLogin(() => ({ local: [NIGHT] }), { sessions: new RedisSessionStore(redis) });
    };
    connections = [];
    one = await open();
    other = await open();
  });
  afterAll(async () => {
    await one?.close();
    await other?.close();
    for (const redis of connections) redis.disconnect();
    await rig?.stop();
  });

  /** The same browser at the other process. */
  const move = (visitor: Visitor, from: LoginApp, to: LoginApp): void =>
    visitor.setCookie(to.origin, '__Host-firebreak', visitor.cookie(from.origin, '__Host-firebreak') ?? '');

  const logIn = (visitor: Visitor, at: LoginApp) =>
    visitor.post(`${at.origin}/login/local`, { name: 'night', password: NIGHT_PASSWORD });

  it('share logins, and a login that was ended at one is ended at the other', async () => {
    const night = new Visitor();
    expect((await logIn(night, one)).status).toBe(303);
    move(night, one, other);
    const page = await night.get(`${other.origin}/account`);
    expect(page.text).toContain('local:night');
    await night.post(`${other.origin}/logout`, { _csrf: csrfOf(page.text) });
    expect((await night.get(`${one.origin}/account`)).location).toContain('/login');
  });

  it('S1: share the count of attempts', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++) {
      const at = i % 2 === 0 ? one : other;
      const { status } = await new Visitor().post(`${at.origin}/login/local`, { name: 'night', password: 'wrong' });
      statuses.push(status);
    }
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(5);
    expect(statuses.at(-1)).toBe(429);
  });

  it('say that Redis is away while it is, and know the same people when it is back', async () => {
    const redis = new Redis(rig.url);
    for (const key of await redis.keys('*tries-*')) await redis.del(key);
    await redis.quit();
    const night = new Visitor();
    expect((await logIn(night, one)).status).toBe(303);
    await rig.kill();
    const away = await night.get(`${one.origin}/account`);
    expect([away.status, away.location]).toEqual([503, undefined]);
    expect(away.cookies).toEqual([]);
    expect(String(away.headers['content-type'])).toContain('text/html');
    const json = await night.get(`${one.origin}/api/v1/executions`, { accept: 'application/json' });
    expect([json.status, json.text]).toEqual([503, expect.stringContaining('store-unavailable')]);
    await rig.restart();
    await expect.poll(async () => (await night.get(`${one.origin}/account`)).status, { timeout: 60_000 }).toBe(200);
  });
});
