import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Redis } from 'ioredis';
import { post, webhookBody } from '../rig/alert-bodies.js';
import { installed } from '../rig/installed.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { builtProgram, writeInto } from '../rig/project.js';
import { startService, type RigService } from '../rig/service.js';
import { waitFor } from '../rig/wait-for.js';

describe('the embedded Redis', () => {
  let service: RigService | undefined;
  afterEach(async () => {
    await service?.stop();
    service = undefined;
  });

  const socket = (): string => join(service?.process().folder ?? '', 'data/redis/redis.sock');
  const redis = async <T>(ask: (connection: Redis) => Promise<T>): Promise<T> => {
    const connection = new Redis({ path: socket(), lazyConnect: true, retryStrategy: () => null });
    connection.on('error', () => undefined);
    try {
      await connection.connect();
      return await ask(connection);
    } finally {
      connection.disconnect();
    }
  };
  const send = async (name: string): Promise<number> =>
    (await post(service?.url ?? '', webhookBody([{ labels: { alertname: name }, startsAt: Date.now() }]))).status;
  const known = async (name: string): Promise<boolean> => {
    const answer = await fetch(`${service?.url}/api/v1/decisions?alertname=${name}`);
    return (await answer.text()).includes(`"${name}"`);
  };

  it('writes to disk before it answers', async () => {
    service = await startService({ runbooks: {} });
    const settings = await redis((one) => one.config('GET', 'append*'));
    expect(settings).toEqual(expect.arrayContaining(['appendonly', 'yes', 'appendfsync', 'always']));
  });

  it('stops with the service and keeps its data for the next start', async () => {
    service = await startService({ runbooks: {} });
    expect(await send('Kept')).toBe(202);
    await service.process().stop();
    await expect(redis((one) => one.ping())).rejects.toThrow();
    await service.restart();
    expect(await known('Kept')).toBe(true);
  });

  it('is taken over in good order when the service before was killed and left it behind', async () => {
    service = await startService({ runbooks: {} });
    expect(await send('BeforeTheKill')).toBe(202);
    const before = await redis((one) => one.info('server'));
    process.kill(service.process().pid, 'SIGKILL');
    await waitFor('the service to be gone', () => service?.process().isRunning() === false, 30_000);
    await service.restart();
    expect(await known('BeforeTheKill')).toBe(true);
    const runId = (info: string): string => /run_id:(\w+)/.exec(info)?.[1] ?? '';
    expect(runId(await redis((one) => one.info('server')))).not.toBe(runId(before));
  });

  it('is started again when it ends by itself; meanwhile alerts are answered 503, and afterwards taken', async () => {
    service = await startService({ runbooks: {} });
    const pid = Number(/process_id:(\d+)/.exec(await redis((one) => one.info('server')))?.[1]);
    process.kill(pid, 'SIGKILL');
    await waitFor('Redis to be gone', () => !existsSync(`/proc/${pid}`), 30_000, 1);
    const answers: number[] = [];
    await waitFor(
      'alerts to be taken again',
      async () => {
        answers.push(await send('AfterTheKill'));
        return answers.at(-1) === 202;
      },
      30_000,
    );
    expect(answers.filter((status) => status !== 202 && status !== 503)).toEqual([]);
    await waitFor('the decision', () => known('AfterTheKill'), 30_000);
  });

  it('is started again for as long as that takes, as with a disk that is full for a while, and the log says why', async () => {
    const folder = rigFolder('full-redis');
    const full = join(folder, 'full');
    const real = installed('redis-server', 'valkey-server');
    const program = `#!/bin/sh\n[ -e '${full}' ] && { echo 'No space left on device'; exit 1; }\nexec '${real}' "$@"\n`;
    chmodSync(writeInto(folder, 'bin/redis-server', program), 0o755);
    service = await startService({ runbooks: {}, env: { PATH: `${join(folder, 'bin')}:${process.env['PATH']}` } });
    const pid = Number(/process_id:(\d+)/.exec(await redis((one) => one.info('server')))?.[1]);
    writeFileSync(full, '');
    process.kill(pid, 'SIGKILL');
    const line = await waitFor(
      'the line that a person must act',
      () =>
        service
          ?.process()
          .output(1_000)
          .split('\n')
          .find((text) => text.includes('"level":"error"')),
      60_000,
    );
    expect(JSON.parse(line)).toMatchObject({
      message: 'the embedded Redis does not stay up: nothing is taken in until it does',
      because: expect.stringContaining('No space left on device'),
    });
    unlinkSync(full);
    await waitFor('alerts to be taken again', async () => (await send('WithRoom')) === 202, 60_000);
    removeFolder(folder);
  });

  it('says what to install when there is no program for it', () => {
    const folder = rigFolder('no-redis');
    const env = {
      PATH: folder,
      FIREBREAK_DATA_DIR: join(folder, 'data'),
      FIREBREAK_RUNBOOKS: writeInto(folder, 'runbooks/.keep', '').replace('/.keep', ''),
    };
    const { status, stderr } = spawnSync(process.execPath, [builtProgram('src/main.js')], {
      cwd: folder,
      encoding: 'utf8',
      env,
    });
    removeFolder(folder);
    expect(status).toBe(78);
    expect(stderr).toMatch(/no Redis could be started/);
    expect(stderr).toMatch(/apt-get install redis-server/);
    expect(stderr).toMatch(/FIREBREAK_REDIS_URL/);
  });
});
