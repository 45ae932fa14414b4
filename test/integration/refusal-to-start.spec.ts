import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { builtProgram, projectRoot, writeInto } from '../rig/project.js';

const broken = join(projectRoot, 'test/fixtures/runbooks-broken');

describe('a start with wrong settings', { timeout: 90_000 }, () => {
  const folder = rigFolder('refusal');
  afterAll(() => removeFolder(folder));

  const start = (env: Record<string, string>) =>
    spawnSync(process.execPath, [builtProgram('src/main.js')], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 90_000,
      env: { PATH: process.env['PATH'] ?? '', FIREBREAK_DATA_DIR: join(folder, 'data'), ...env },
    });

  it('I12: names every mistake in a folder of runbooks at once, and ends with 78', () => {
    // the fixture speaks of plugins that only its own specs have; what is wrong with the texts themselves is wrong here too
    const { status, stderr } = start({ FIREBREAK_RUNBOOKS: broken });
    expect(status).toBe(78);
    const expected = readFileSync(join(broken, 'expected-problems.txt'), 'utf8').split('\n');
    const files = new Set(expected.filter((line) => line !== '').map((line) => line.split(':')[0]));
    expect(files.size).toBeGreaterThan(20);
    const missing = [...files].filter((file) => file !== undefined && !stderr.includes(file));
    expect(missing).toEqual([]);
    expect(stderr).toMatch(/^Firebreak does not start: \d+ problems in the runbooks\./);
  });

  it('names every wrong setting at once, and ends with 78', () => {
    const { status, stderr } = start({
      FIREBREAK_PORT: 'many',
      FIREBREAK_ROLE: 'boss',
      FIREBREAK_HOST: '0.0.0.0',
      FIREBREAK_PROT: '1',
    });
    expect(status).toBe(78);
    for (const name of ['FIREBREAK_PORT', 'FIREBREAK_ROLE', 'FIREBREAK_PROT']) expect(stderr).toContain(name);
    expect(stderr).toContain('did you mean');
  });

  it('says which setting to change when its address is taken, and ends with 78', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => resolve(z.object({ port: z.number() }).parse(other.address()).port)),
    );
    const { status, stderr } = start({
      FIREBREAK_PORT: String(port),
      FIREBREAK_RUNBOOKS: writeInto(folder, 'none/.keep', '').replace('/.keep', ''),
    });
    other.close();
    expect(stderr).toContain(`FIREBREAK_PORT: somebody listens at 127.0.0.1:${port} already`);
    expect(status).toBe(78);
  });

  it('S19: refuses a Redis that throws data away, and says which setting', async () => {
    const { startProcess, freePort } = await import('../rig/processes.js');
    const { exchange } = await import('../rig/exchange.js');
    const port = await freePort();
    const redis = await startProcess({
      name: 'forgetful-redis',
      command: 'redis-server',
      args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--maxmemory-policy', 'allkeys-lru'],
      folder,
      ready: async () => (await exchange({ host: '127.0.0.1', port }, 'PING\r\nQUIT\r\n')).startsWith('+PONG'),
    });
    const { status, stderr } = start({
      FIREBREAK_REDIS_URL: `redis://127.0.0.1:${port}`,
      FIREBREAK_RUNBOOKS: writeInto(folder, 'rb/.keep', '').replace('/.keep', ''),
    });
    await redis.stop();
    expect(status).toBe(78);
    expect(stderr).toMatch(/maxmemory-policy allkeys-lru/);
    expect(stderr).toMatch(/appendonly no/);
  });
});
