import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../rig/wait-for.js';
import { startChild, type ChildOptions, type RigChild } from './plugin-child-kit.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
async function sly(options: ChildOptions = {}): Promise<RigChild> {
  const child = await startChild('sly', options);
  stops.push(child.stop);
  return child;
}

describe('S16: a plugin that keeps the service busy', () => {
  it.each([
    'dribble-a-message',
    'dribble-output',
    'say-heavy-messages',
    'say-large-messages',
    'say-a-million-lists',
    'say-a-million-issues',
    'say-many-wrong-names',
  ])('%s: has to wait itself; nobody else stands still', { timeout: 60_000, retry: 2 }, async (what) => {
    const child = await sly();
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const [cpu, memory, began] = [process.cpuUsage(), process.memoryUsage.rss(), performance.now()];
    delay.enable();
    await child.does(what, {}, 4_000).catch(() => undefined);
    delay.disable();
    const { user, system } = process.cpuUsage(cpu);
    const share = (user + system) / 1000 / (performance.now() - began);
    const grown = (process.memoryUsage.rss() - memory) / 1024 / 1024;
    console.log(
      `${what}: ${Math.round(share * 100)} % of one processor, ${Math.round(grown)} MiB, loop held up p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, at most ${(delay.max / 1e6).toFixed(1)} ms`,
    );
    // alone it is 10 %, 30 ms and 150 ms; a busy machine holds up everybody now and then, and a plugin that gets through
    // for seconds, each time
    if (performance.now() - began > 1_000) expect(share).toBeLessThan(0.5);
    expect(delay.percentile(99) / 1e6).toBeLessThan(300);
    expect(delay.max / 1e6).toBeLessThan(2_000);
    expect(grown).toBeLessThan(100);
  });
});

describe('S16: a plugin that says what it should not', () => {
  it('is not given the configuration of another one by changing its name once it has permissions', async () => {
    const configuration = { bank: { token: 'canary' }, 'two-faced': {} };
    const permissions = { 'two-faced': { read: ['/etc/hostname'] } };
    await expect(startChild('two-faced', { configuration, permissions })).rejects.toThrow(
      'it calls itself two-faced 1.0.0, and bank 1.0.0 when it is loaded again',
    );
  });

  it('is the same as before when it says again who it is', async () => {
    const child = await sly();
    await child.does('start-again');
    expect(await child.does('nothing')).toMatchObject({ status: 'healthy' });
    expect(child.instance.secrets).toEqual([]);
    expect(child.ends).toEqual([]);
  });

  it('may ask without end, and gets no more answers than one call can need', async () => {
    const child = await sly();
    expect(await child.does('ask-without-end')).toMatchObject({ status: 'healthy' });
    expect(await child.does('nothing')).toMatchObject({ status: 'healthy' });
  });

  it('has codes that are codes, and texts and numbers within bounds', async () => {
    const child = await sly();
    await expect(child.does('throw-a-strange-code')).rejects.toMatchObject({ code: 'plugin-failed' });
    expect((await child.does('answer-with-much-text')).detail.length).toBeLessThanOrEqual(4_000);
    await expect(child.does('answer-with-many-numbers')).rejects.toMatchObject({ code: 'wrong-answer' });
  });
});

describe('S16: a plugin that looks for a way around', () => {
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-sly-'));
  const [mine, beside] = [join(folder, 'a'), join(folder, 'ab')];
  let child: RigChild;
  beforeAll(async () => {
    for (const one of [mine, beside]) mkdirSync(one);
    writeFileSync(join(beside, 'secret'), 'canary');
    child = await startChild('sly', { permissions: { sly: { hosts: ['127.0.0.1:1'], read: [mine] } } });
  });
  afterAll(async () => {
    await child.stop();
    rmSync(folder, { recursive: true });
  });

  it.each<[string, string]>([
    ['listen-somewhere', ''],
    ['slow-the-service', ''],
    ['become-another-program', ''],
    ['use-a-binding', ''],
    ['load-an-addon', ''],
    ['open-an-inspector', ''],
    ['read-by-loadEnvFile', '/etc/hostname'],
    ['read-a-file', '/proc/self/environ'],
    ['read-a-file', join(beside, 'secret')],
    ['write-a-report', join(mine, 'out')],
    ['write-a-heap-snapshot', join(mine, 'out')],
    ['write-a-compile-cache', join(mine, 'out')],
    ['write-a-database', join(mine, 'out')],
    ['use-ffi', ''],
    ['listen-at-a-path', join(mine, 'out')],
    ['write-a-trace', ''],
  ])('may not %s %s', async (what, target) => {
    const { status, detail } = await child.does(what, { target }).catch((error: unknown) => ({
      status: 'ended',
      detail: String(error),
    }));
    console.log(`${what}: ${status}: ${detail.slice(0, 150)}`);
    expect(status).toBe('unhealthy');
    expect(existsSync(join(mine, 'out'))).toBe(false);
  });
});

describe('F: a plugin that exits and leaves a program', () => {
  it('leaves it not for long: it is ended with it', async () => {
    const child = await sly({ permissions: { sly: { spawn: true, read: ['/bin/sleep'] } } });
    const group = child.pid();
    await child.does('leave-a-program').catch(() => undefined);
    const left = (): string[] => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && groupOf(pid) === group);
    await waitFor('the end of the program', () => left().length === 0, 30_000);
  });
});

function groupOf(pid: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2]);
  } catch {
    return undefined;
  }
}
