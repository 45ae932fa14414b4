import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../src/cli/audit.js';
import { Stopped, WrongUse } from '../../src/cli/command.js';
import { RedisExecutionStore } from '../../src/engine/redis-execution-store.js';
import { anExecution } from '../../src/testing/examples.js';
import { startRedis, type RigRedis } from '../rig/redis.js';

describe('firebreak audit verify', () => {
  let rig: RigRedis;
  let redis: Redis;
  let store: RedisExecutionStore;
  beforeAll(async () => {
    rig = await startRedis();
    redis = new Redis(rig.url);
    store = new RedisExecutionStore(redis, redis);
  });
  beforeEach(async () => {
    vi.stubEnv('FIREBREAK_REDIS_URL', rig.url);
    await redis.flushall();
  });
  afterEach(() => vi.unstubAllEnvs());
  afterAll(async () => {
    await redis.quit();
    await rig.stop();
  });

  const verify = async (...args: string[]) => {
    const lines: string[] = [];
    const code = await run(['verify', ...args], (line) => lines.push(line));
    return { code, text: lines.join('\n') };
  };

  it('I13: says what is whole, and which head to note', async () => {
    for (const id of ['e1', 'e2']) await store.open(anExecution({ id }), []);
    const { n, hash } = await store.auditHead();
    const { code, text } = await verify();
    expect(code).toBe(0);
    expect(text).toContain(`the audit in Redis at 127.0.0.1:${rig.port} is whole`);
    expect(text).toMatch(/records +1 to 2, all there are\njournals +2 entries of 2 executions/);
    expect(text).toContain(`head      ${n}:${hash}`);
    await store.open(anExecution({ id: 'e3' }), []);
    expect(await verify('--expect', `${n}:${hash}`)).toMatchObject({
      code: 0,
      text: expect.stringContaining('record 2 is the one that was noted'),
    });
  });

  it('I13: leaves with 1 and says in one sentence what is not', async () => {
    await store.open(anExecution(), []);
    await redis.rpush('{fb}:j:e1', '{"seq":2,"at":1,"event":{"type":"approved"}}');
    const { code, text } = await verify();
    expect(code).toBe(1);
    expect(text).toContain('is NOT whole:\nentry 2 of the journal of e1 has no record');
    expect(await verify('--expect', `1:${'0'.repeat(40)}`)).toMatchObject({ code: 1 });
  });

  it('I13: lists who did what, by which account, from where and why', async () => {
    const from = 'token:ada by token from 127.0.0.1';
    for (let i = 0; i < 3; i++) await store.open(anExecution({ id: `e${i}` }), []);
    const at = await store.now();
    await store.addPause({ id: 'p1', scope: 'all', reason: 'a\nforged line', by: 'ada', at }, from);
    const list = async (...args: string[]) => {
      const lines: string[] = [];
      expect(await run(['list', ...args], (line) => lines.push(line))).toBe(0);
      return lines;
    };
    const [head, ...rows] = await list('--limit', '2');
    expect(head).toMatch(/^n +at +what +of +by +from +why$/);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatch(new RegExp(`^4 +\\S+Z +pause-added +p1 +ada +${from} +all: a forged line$`));
    expect(await list()).toHaveLength(5);
    await expect(list('--limit', '0')).rejects.toThrow(WrongUse);
    await redis.flushall();
    expect(await list()).toEqual(['the audit is empty: nothing has been done yet']);
  });

  it('writes nothing', async () => {
    await store.open(anExecution(), []);
    const before = await redis.info('commandstats');
    await verify();
    const after = await redis.info('commandstats');
    const writes = (stats: string): string[] =>
      stats.match(/cmdstat_(?:set|xadd|hset|rpush|zadd|del|pexpire):calls=\d+/g) ?? [];
    expect(writes(after)).toEqual(writes(before));
    expect(writes(after)).not.toEqual([]);
  });

  it('says so when nothing has been done', async () => {
    expect(await verify()).toMatchObject({ code: 0, text: expect.stringContaining('is empty') });
  });

  it.each([[[]], [['fix']], [['verify', 'verify']], [['verify', '--expect', '1:x']], [['verify', '--expect', '0:x']]])(
    'is used wrongly with %j',
    async (args) => {
      await expect(run(args, () => undefined)).rejects.toThrow(WrongUse);
    },
  );

  it('says what to do when Redis does not answer', async () => {
    vi.stubEnv('FIREBREAK_REDIS_URL', 'redis://127.0.0.1:1');
    const failure = run(['verify'], () => undefined);
    await expect(failure).rejects.toThrow(Stopped);
    await expect(failure).rejects.toThrow(/does not answer.*\nName the right one with FIREBREAK_REDIS_URL\./);
  });
});
