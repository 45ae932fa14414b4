import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Claim } from '../../src/core/claim.js';
import { evolve } from '../../src/core/evolve.js';
import type { Event } from '../../src/core/event.js';
import { RedisExecutionStore } from '../../src/engine/redis-execution-store.js';
import { verifyAudit, type Verified } from '../../src/engine/verify-audit.js';
import { aPlan, anExecution, someOrders } from '../../src/testing/examples.js';
import { flipped, NOW, P, rewrite, TAMPERINGS } from './audit-tampering.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { turnedRedis, type TurnedRedis } from '../rig/turned-redis.js';

const DAY = 86_400_000;

describe('the audit in a real Redis', () => {
  let rig: RigRedis;
  let turned: TurnedRedis;
  let store: RedisExecutionStore;
  beforeAll(async () => {
    rig = await startRedis();
    turned = turnedRedis(rig.url, (lua) => lua.replace('KEEP_AUDIT = 200000', 'KEEP_AUDIT = 200'));
    await turned.redis.config('SET', 'appendfsync', 'no');
  });
  beforeEach(async () => {
    await turned.redis.flushall();
    await turned.turn(P, NOW);
    store = new RedisExecutionStore(turned.redis, turned.redis, { prefix: P });
  });
  afterAll(async () => {
    await turned.redis.quit();
    await rig.stop();
  });

  const verify = (): Promise<Verified> => verifyAudit(store, { keeps: 200 });
  const save = async (id: string, event: Event): Promise<void> => {
    const before = await store.get(id);
    if (before === undefined) throw new Error(`${id} is not there`);
    const evolved = evolve(before.execution, event, NOW);
    if (!evolved.ok) throw new Error(evolved.detail);
    expect(await store.append({ before, event, next: evolved.next, at: NOW })).toMatchObject({ saved: 'yes' });
  };
  const fixture = async (): Promise<void> => {
    await store.open(anExecution({ id: 'e1', mode: 'approve' }, NOW), []);
    await store.open(anExecution({ id: 'e2' }, NOW), []);
    await save('e1', { type: 'planned', plan: aPlan(someOrders()), digest: 'd' });
    await store.addPause({ id: 'p1', scope: 'all', reason: 'stop', by: 'ada', at: NOW });
    await save('e1', { type: 'approved', by: 'ada', digest: 'd' });
    await save('e2', { type: 'cancelled', by: 'grace', reason: 'wrong one' });
    await store.liftPause('p1', { by: 'ada' });
  };

  it('I13: is whole when nobody has tampered with it', async () => {
    await fixture();
    const head = await store.auditHead();
    expect(await verify()).toEqual({ ok: true, head, from: 1, records: 7, executions: 2, entries: 5 });
  });

  it.each(TAMPERINGS)('I13: it is found that %s', async (_what, mistake, tamper) => {
    await fixture();
    await tamper(turned.redis);
    expect(await verify()).toEqual({ ok: false, mistake: expect.stringMatching(mistake) });
  });

  it('I13: it is found when any one byte of an event or of a record is another', { timeout: 60_000 }, async () => {
    await fixture();
    const { redis } = turned;
    const line = (await redis.lindexBuffer(`${P}j:e1`, 2)) ?? Buffer.of();
    const unnoticed: string[] = [];
    for (let i = 0; i < line.length; i++) {
      await redis.lset(`${P}j:e1`, 2, flipped(line, i));
      if ((await verify()).ok) unnoticed.push(`byte ${i} of the event`);
    }
    await redis.lset(`${P}j:e1`, 2, line);
    const [record] = await store.audit(3, 1);
    for (const part of ['text', 'hash'] as const) {
      const bytes = Buffer.from(record?.[part] ?? '');
      for (let i = 0; i < bytes.length; i++) {
        await rewrite(redis, (all) =>
          all.map((one) => (one.n === 4 ? { ...one, [part]: flipped(bytes, i).toString('latin1') } : one)),
        );
        if ((await verify()).ok) unnoticed.push(`byte ${i} of the ${part}`);
        await rewrite(redis, (all) => all.map((one) => (one.n === 4 && record !== undefined ? record : one)));
      }
    }
    expect(line.length).toBeGreaterThan(50);
    expect(unnoticed).toEqual([]);
    expect(await verify()).toMatchObject({ ok: true });
  });

  it('I13: a chain that was made anew does not hold an end that was noted elsewhere', async () => {
    await fixture();
    const expected = await store.auditHead();
    await turned.redis.flushall();
    await turned.turn(P, NOW);
    await store.open(anExecution({ id: 'e1', requestedBy: 'eve' }, NOW), []);
    expect(await verifyAudit(store)).toMatchObject({ ok: true });
    const ended = { ok: false, mistake: 'record 7 was expected, but the chain ends with 1' };
    expect(await verifyAudit(store, { expect: expected })).toEqual(ended);
    for (let i = 2; i < 9; i++) await store.open(anExecution({ id: `e${i}` }, NOW), []);
    const another = { ok: false, mistake: 'record 7 has another hash than expected: the chain was made anew' };
    expect(await verifyAudit(store, { expect: expected })).toEqual(another);
  });

  it('I13: a lost head breaks the chain for everybody to see, and nothing stands still', async () => {
    await fixture();
    await turned.redis.del(`${P}audit:head`);
    expect(await store.open(anExecution({ id: 'e3' }, NOW), [])).toEqual({ opened: true });
    await save('e3', { type: 'cancelled', by: 'ada', reason: 'r' });
    expect(await verify()).toEqual({ ok: false, mistake: expect.stringMatching(/^record 8 does not fit/) });
    expect((await store.auditHead()).n).toBe(9);
  });

  it('I13, I15: older records are dropped, and then it begins with the first that is kept', async () => {
    await fixture();
    for (let i = 10; i < 500; i++) await store.open(anExecution({ id: `e${i}` }, NOW + 2 * DAY), []);
    const kept = await turned.redis.xlen(`${P}audit`);
    expect(kept).toBeGreaterThanOrEqual(200);
    expect(kept).toBeLessThan(400);
    await turned.turn(P, NOW + 2 * DAY);
    await store.open(anExecution({ id: 'e500' }, NOW + 2 * DAY), []);
    const verified = await verify();
    expect(verified).toMatchObject({ ok: true, executions: 493 });
    if (!verified.ok) return;
    expect(verified.from).toBe(verified.head.n - verified.records + 1);
    const old = { n: 3, hash: 'x' };
    const gone = `record 3 was expected, but the first that is kept is ${verified.from}`;
    expect(await verifyAudit(store, { expect: old, keeps: 200 })).toEqual({ ok: false, mistake: gone });
    expect(await verifyAudit(store, { keeps: 10_000 })).toMatchObject({ ok: false });
  });

  it('I13: can be verified while others write', async () => {
    let writing = true;
    const write = async (name: string): Promise<void> => {
      for (let i = 0; writing; i++) {
        await store.open(anExecution({ id: `${name}-${i}` }, NOW), []);
        await save(`${name}-${i}`, { type: 'cancelled', by: 'ada', reason: 'r' });
      }
    };
    const writers = ['a', 'b', 'c'].map(write);
    for (let i = 0; i < 20; i++) expect(await verifyAudit(store, { keeps: 1 })).toMatchObject({ ok: true });
    writing = false;
    await Promise.all(writers);
    expect((await store.auditHead()).n).toBeGreaterThan(50);
  });

  it.each([
    ['memory is full', /OOM/, (redis: Redis) => redis.config('SET', 'maxmemory', '1mb')],
    ['the audit is not what it was', /WRONGTYPE/, (redis: Redis) => redis.set(`${P}audit`, 'x')],
  ])('I13: when %s, what cannot be recorded is not done', async (_what, failure, spoil) => {
    const { redis } = turned;
    const claim: Claim = { kind: 'exclusive', target: 't' };
    await store.open(anExecution({ id: 'e1' }, NOW), []);
    const keys = await redis.dbsize();
    await spoil(redis);
    await expect(store.open(anExecution({ id: 'e2' }, NOW), [claim])).rejects.toThrow(failure);
    await expect(save('e1', { type: 'cancelled', by: 'ada', reason: 'r' })).rejects.toThrow(failure);
    await expect(store.addPause({ id: 'p', scope: 'all', reason: 'r', by: 'ada', at: NOW })).rejects.toThrow(failure);
    await redis.config('SET', 'maxmemory', '0');
    expect(await redis.dbsize()).toBe(keys);
    expect((await store.get('e1'))?.execution.state.phase).toBe('planning');
    expect(await store.get('e2')).toBeUndefined();
  });

  it('I13: says that memory is full also before there is any record', async () => {
    await turned.redis.config('SET', 'maxmemory', '1mb');
    await expect(store.open(anExecution({ id: 'e1' }, NOW), [])).rejects.toThrow(/OOM/);
    await turned.redis.config('SET', 'maxmemory', '0');
    expect(await store.auditHead()).toEqual({ n: 0, hash: '' });
  });

  it('I13: a journal whose time is over is not missed', async () => {
    await fixture();
    await turned.redis.del(`${P}j:e2`, `${P}x:e2`);
    expect(await verify()).toMatchObject({ ok: false });
    await turned.turn(P, NOW + 30 * DAY);
    expect(await verify()).toMatchObject({ ok: true });
  });
});
