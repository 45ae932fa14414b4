import { hostname, userInfo } from 'node:os';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RedisExecutionStore } from '../../src/engine/redis-execution-store.js';
import { embeddedSocket, startEmbeddedRedis } from '../../src/redis/embedded-redis.js';
import { freePort, removeFolder, rigFolder } from '../rig/processes.js';
import { builtProgram, writeInto } from '../rig/project.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { waitFor } from '../rig/wait-for.js';

const failure = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });
const WITHIN = { timeout: 120_000 };

describe('I10: firebreak pause, with Redis alone', WITHIN, () => {
  let rig: RigRedis;
  let redis: Redis;
  let store: RedisExecutionStore;
  let folder: string;
  beforeAll(async () => {
    rig = await startRedis();
    redis = new Redis(rig.url);
    store = new RedisExecutionStore(redis, redis);
  });
  beforeEach(async () => {
    folder = rigFolder('pause');
    await redis.flushall();
  });
  afterEach(() => removeFolder(folder));
  afterAll(async () => {
    await redis.quit();
    await rig.stop();
  });

  /** Runs the command as a person does, in a folder of its own. */
  async function pause(args: string[], env: Record<string, string> = { FIREBREAK_REDIS_URL: rig.url }) {
    const command = [builtProgram('src/cli/main.js'), 'pause', ...args];
    const options = { cwd: folder, env: { PATH: process.env['PATH'], USER: 'ada', ...env } };
    return promisify(execFile)(process.execPath, command, options).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
      (error: unknown) => failure.parse(error),
    );
  }

  it('pauses, shows what is in force, and lifts it, each with name and reason in the audit', async () => {
    await store.noteCanary(await store.now());
    const { code, stdout } = await pause(['all', '--reason', 'a storm is coming']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^paused all through Redis at 127\.0\.0\.1:\d+\nid +scope +by +since +ends +reason\np/);
    const [first, ...others] = await store.pauses();
    expect(others).toEqual([]);
    expect(first).toMatchObject({ scope: 'all', reason: 'a storm is coming', by: expect.stringMatching(/^ada@/) });
    const id = first?.id ?? '';
    expect((await pause(['list'])).stdout).toMatch(
      new RegExp(`${id} +all +ada@.*when it is lifted +a storm is coming`),
    );

    expect((await pause(['lift', 'p1', '--reason', 'x'])).code).toBe(1);
    const lifted = await pause(['lift', id, '--reason', 'it passed', '--by', 'grace']);
    expect(lifted.stdout).toMatch(/^lifted p.*\nnothing is paused\n$/);
    expect(await store.pauses()).toEqual([]);
    // whoever somebody says to be, the machine says which of its users it was
    const from = `firebreak pause on ${hostname()} by ${userInfo().username}`;
    const said = (await store.audit(0, 10)).map(({ text }) => JSON.parse(text) as unknown);
    expect(said).toMatchObject([
      { what: 'pause-added', of: id, from, detail: 'all: a storm is coming' },
      { what: 'pause-lifted', of: id, by: 'grace', from, detail: 'it passed' },
    ]);
  });

  it('ends by itself when it is told to', async () => {
    expect((await pause(['target:traffic/*', '--reason', 'x', '--for', '2s'])).stdout).toMatch(/in [12]s +x\n/);
    expect(await store.pauses()).toHaveLength(1);
    await waitFor('the end of the pause', async () => (await store.pauses()).length === 0, 30_000);
    expect((await pause(['list'])).stdout).toBe('nothing is paused\n');
  });

  it.each([
    [['everything', '--reason', 'x'], '"everything" is no scope'],
    [['runbook:', '--reason', 'x'], 'is no scope'],
    [['all'], '--reason is missing'],
    [['--reason', 'x'], 'a scope is missing'],
    [['all', '--reason', 'x', '--for', '0s'], '--for must be a duration'],
    [['all', '--reason', 'x', '--until', 'later'], '--until must be a moment'],
    [['all', '--reason', 'x', '--until', '2020-01-01T00:00:00Z'], 'has passed'],
    [['all', '--reason', 'x', '--for', '1h', '--until', '2030-01-01T00:00:00Z'], 'say the same'],
    [['lift', '--reason', 'x'], 'the id of a pause is missing'],
    [['all', '--reason', 'x', '--via', 'pigeon'], '--via must be redis or http'],
  ])('refuses %j and pauses nothing', async (args, why) => {
    const { code, stderr } = await pause(args);
    expect([code, stderr]).toEqual([64, expect.stringContaining(why)]);
    expect(await store.pauses()).toEqual([]);
  });

  it('warns of a name that nobody knows, and pauses all the same', async () => {
    writeInto(folder, 'runbooks/a.yaml', 'metadata: { name: cut-over }\nspec: { steps: [{ uses: throttle/limit }] }\n');
    const runbook = await pause(['runbook:cutover', '--reason', 'x']);
    expect(runbook.stdout).toContain('warning: there is no runbook "cutover": did you mean "cut-over"?');
    expect((await pause(['plugin:throtle', '--reason', 'x'])).stdout).toContain('did you mean "throttle"?');
    expect((await pause(['plugin:throttle', '--reason', 'x'])).stdout).not.toContain('there is no plugin');
    expect(await store.pauses()).toHaveLength(3);
  });

  it('warns when no worker listens to this Redis', async () => {
    const { stdout } = await pause(['all', '--reason', 'x']);
    expect(stdout).toContain('warning: no worker has ever been heard of here; is it the Redis that Firebreak uses?');
  });

  it('needs no settings but those of Redis, and shows no password', async () => {
    await redis.config('SET', 'requirepass', 'open-sesame');
    const url = `redis://:open-sesame@127.0.0.1:${rig.port}`;
    writeInto(folder, 'firebreak.yaml', `redisUrl: ${url}\nport: none\nplugins: { slack: { token: "\${NOT_SET}" } }\n`);
    const { code, stdout } = await pause(['all', '--reason', 'x'], {});
    await redis.config('SET', 'requirepass', '');
    expect([code, stdout]).toEqual([0, expect.not.stringContaining('sesame')]);
    expect(await store.pauses()).toHaveLength(1);
  });

  it('finds the Redis of a service that brings its own, and never starts one', async () => {
    const env = { FIREBREAK_DATA_DIR: join(folder, 'data') };
    const away = await pause(['all', '--reason', 'x'], env);
    expect([away.code, away.stderr]).toEqual([69, expect.stringContaining('It runs only while the service does.')]);
    expect(existsSync(join(folder, 'data'))).toBe(false);
    const own = await startEmbeddedRedis(join(folder, 'data'), { ended: () => undefined, staysDown: () => undefined });
    try {
      expect(own.socket).toBe(embeddedSocket(join(folder, 'data')));
      expect((await pause(['all', '--reason', 'x'], env)).stdout).toContain(`own Redis at ${own.socket}`);
    } finally {
      await own.stop();
    }
  });

  it('says what to do when Redis does not answer, and goes through a service when one is named', async () => {
    const nowhere = { FIREBREAK_REDIS_URL: `redis://127.0.0.1:${await freePort()}` };
    const { code, stderr } = await pause(['list'], nowhere);
    expect([code, stderr]).toEqual([69, expect.stringContaining('does not answer: connect ECONNREFUSED')]);
    expect(stderr).toContain('--via http');

    const port = await freePort();
    const service = createServer((_request, response) => response.end('{"items":[]}')).listen(port, '127.0.0.1');
    const named = await pause(['list'], { ...nowhere, FIREBREAK_URL: `http://127.0.0.1:${port}` });
    service.close();
    expect(named.stdout).toContain('going through the service at FIREBREAK_URL instead\nnothing is paused\n');
  });
});
