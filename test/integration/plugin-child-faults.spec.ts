import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isRunning } from '../rig/is-running.js';
import { waitFor } from '../rig/wait-for.js';
import { startChild, type ChildOptions, type RigChild } from './plugin-child-kit.js';

const TOKEN = 'canary-7f2c';
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
async function rogue(options: ChildOptions = {}): Promise<RigChild> {
  const child = await startChild('rogue', { configuration: { rogue: { token: TOKEN } }, ...options });
  stops.push(child.stop);
  return child;
}
/** It fails alone, is named with the reason, and does its work again a moment later. */
async function recovers(child: RigChild): Promise<void> {
  await waitFor('the plugin to run again', () => child.ups() === 1, 30_000);
  expect(await child.does('nothing')).toEqual({ status: 'healthy', detail: 'well' });
}

describe('a plugin in a child process that breaks', () => {
  it.each<[string, string, string]>([
    ['F: loops forever', 'loop-forever', 'hung'],
    ['F: exits', 'exit', 'exited'],
    ['F: throws where nobody catches it', 'throw-later', 'exited'],
    ['F: eats 2 GB', 'eat-2-GB', 'memory'],
    ['F: leaks memory beside the heap', 'eat-memory', 'memory'],
    ['F: eats the heap', 'eat-the-heap', 'memory'],
    ['S16: says what is no message', 'say-rubbish', 'rubbish'],
    ['S16: announces a message of 4 GiB', 'say-too-much', 'rubbish'],
    ['S16: answers with 500 lists in each other', 'answer-deeply', 'rubbish'],
  ])(
    '%s: the call fails as plugin-crashed, may be tried again, and the plugin is back by itself',
    async (_, what, why) => {
      const child = await rogue({ permissions: { rogue: { memoryMiB: 200 } } });
      const before = child.pid() ?? 0;
      const startedWith = process.memoryUsage.rss();
      await expect(child.does(what)).rejects.toMatchObject({ code: 'plugin-crashed', again: true });
      await expect(child.does('nothing')).rejects.toMatchObject({ code: 'plugin-down', again: true });
      expect(child.ends.map((end) => end.why)).toEqual([why]);
      expect(isRunning(before)).toBe(false);
      await recovers(child);
      expect((process.memoryUsage.rss() - startedWith) / 1024 / 1024).toBeLessThan(60);
    },
    60_000,
  );

  it('S16: floods its output with 100 MB: is slowed down, cut and ended, and costs the service next to nothing', async () => {
    const child = await rogue();
    const [cpu, memory] = [process.cpuUsage(), process.memoryUsage.rss()];
    await expect(child.does('print-100-MB')).rejects.toMatchObject({ code: 'plugin-crashed' });
    const { user, system } = process.cpuUsage(cpu);
    const grown = (process.memoryUsage.rss() - memory) / 1024 / 1024;
    console.log(
      `100 MB of output: ${Math.round((user + system) / 1000)} ms of CPU, ${Math.round(grown)} MiB of memory`,
    );
    expect(['output', 'hung']).toContain(child.ends[0]?.why);
    expect((user + system) / 1000).toBeLessThan(2_000);
    expect(grown).toBeLessThan(30);
    expect(child.lines.length).toBeLessThanOrEqual(101);
    expect(Math.max(...child.lines.map((line) => line.length))).toBeLessThan(1_100);
    await recovers(child);
  }, 60_000);

  it('S16: talks without end to nobody: it waits, not the service', async () => {
    const child = await rogue();
    const cpu = process.cpuUsage();
    const began = performance.now();
    await child.does('say-much').catch(() => undefined);
    const { user, system } = process.cpuUsage(cpu);
    const share = (user + system) / 1000 / (performance.now() - began);
    console.log(`messages for nobody: ${Math.round(share * 100)} % of one processor`);
    expect(share).toBeLessThan(0.3);
  }, 60_000);

  it('S16: logs without end: the rest is counted and not kept', async () => {
    const child = await rogue();
    await child.does('log-much');
    expect(child.logged.length).toBeLessThanOrEqual(601);
    expect(child.ends).toEqual([]);
  }, 60_000);

  it('F: never settles and ignores the signal: three such calls end it', async () => {
    const child = await rogue();
    const calls = Array.from({ length: 3 }, () => child.does('never-answer', {}, 300));
    expect((await Promise.allSettled(calls)).every(({ status }) => status === 'rejected')).toBe(true);
    expect(await child.does('nothing')).toMatchObject({ status: 'healthy' });
    await waitFor('the plugin to be ended', () => child.ends[0]?.why === 'stuck', 20_000);
    await recovers(child);
  }, 60_000);

  it('F: answers after its deadline: nobody hears it, and nothing else changes', async () => {
    const child = await rogue();
    await expect(child.does('answer-late', { ms: 600 }, 200)).rejects.toThrow('no longer');
    expect(await child.does('answer-late', { ms: 600 })).toEqual({ status: 'healthy', detail: 'late' });
    expect(child.ends).toEqual([]);
  });

  it('S16: gives what is no answer, or too long a one: the call fails, and the plugin goes on', async () => {
    const child = await rogue();
    await expect(child.does('answer-wrongly')).rejects.toMatchObject({ code: 'wrong-answer' });
    await expect(child.does('answer-hugely')).rejects.toMatchObject({ code: 'wrong-answer', again: false });
    await expect(child.does('no-such-thing')).rejects.toThrow('Invalid option');
    expect(await child.does('nothing')).toMatchObject({ status: 'healthy' });
    expect(child.ends).toEqual([]);
  });

  it('S16: pollutes prototypes: in its own process only', async () => {
    const child = await rogue();
    const polluting = child.does('pollute-prototypes', {}, 2_000);
    const answer = await polluting.catch(() => ({}));
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(answer).not.toHaveProperty('values.polluted');
  });

  it('S18: prints its secrets: the call is masked by the host, the line by the log', async () => {
    const child = await rogue();
    expect(child.instance.secrets).toEqual([TOKEN]);
    await expect(child.does('print-the-secret')).rejects.toMatchObject({ code: 'no' });
    await waitFor('the line', () => child.lines.some((line) => line.includes('the token is')), 30_000);
  });

  it('is ended with everything that it started when the service lets go of it', async () => {
    const child = await rogue();
    const pid = child.pid() ?? 0;
    expect(isRunning(pid)).toBe(true);
    await child.stop();
    await waitFor('its end', () => !isRunning(pid), 30_000);
    await expect(child.does('nothing')).rejects.toMatchObject({ code: 'plugin-down' });
    expect(child.ends).toEqual([]);
  });
});

describe('S16: a plugin in a child process', () => {
  let child: RigChild;
  let server: Server;
  let address: string;
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-child-'));
  beforeAll(async () => {
    server = createServer((socket) => socket.end('HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    child = await startChild('rogue', {
      configuration: { rogue: { token: TOKEN } },
      env: { SECRET: 'x', PATH: '/bin' },
    });
  });
  afterAll(async () => {
    await child.stop();
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('finds nothing in its environment, and its configuration not in its arguments', async () => {
    expect(await child.does('read-environment')).toEqual({ status: 'healthy', detail: '{}' });
    expect((await child.does('read-arguments')).detail).not.toContain(TOKEN);
  });

  it.each<[string, string, string]>([
    ['read /etc/passwd', 'read-a-file', '/etc/passwd'],
    ["read the service's settings", 'read-a-file', join(import.meta.dirname, '../../deploy/firebreak/firebreak.yaml')],
    ["read another plugin's folder", 'read-a-file', join(import.meta.dirname, '../fixtures/plugins/ledger/index.mjs')],
    ['write a file', 'write-a-file', join(folder, 'file')],
    ['write into its own folder', 'write-a-file', join(import.meta.dirname, '../fixtures/plugins/rogue/file')],
    ['start a program', 'spawn-a-program', ''],
    ['start a worker', 'start-a-worker', ''],
    ['signal the service', 'signal-the-service', ''],
    ['connect to a socket', 'connect-to-a-socket', '/var/run/docker.sock'],
    ['send a datagram', 'send-a-datagram', '127.0.0.1:53'],
  ])('may not %s', async (_, what, target) => {
    const { status, detail } = await child.does(what, { target });
    expect([status, detail]).toEqual(['unhealthy', expect.stringContaining('ERR_ACCESS_DENIED')]);
  });

  it('may not open a connection, not even here', async () => {
    expect((await child.does('connect', { target: address })).detail).toContain('ERR_ACCESS_DENIED');
    expect((await child.does('fetch', { target: address })).status).toBe('unhealthy');
  });

  it('may do what is permitted by name, and no more', async () => {
    const permissions = { rogue: { hosts: [address], env: ['SECRET'], read: ['/etc/passwd'], write: [folder] } };
    const permitted = await startChild('rogue', { permissions, env: { SECRET: 'x', OTHER: 'y', PATH: '/bin' } });
    stops.push(permitted.stop);
    expect(JSON.parse((await permitted.does('read-environment')).detail)).toEqual({ SECRET: 'x' });
    expect((await permitted.does('read-a-file', { target: '/etc/passwd' })).status).toBe('healthy');
    expect((await permitted.does('read-a-file', { target: '/etc/hostname' })).status).toBe('unhealthy');
    expect((await permitted.does('write-a-file', { target: join(folder, 'file') })).status).toBe('healthy');
    expect((await permitted.does('connect', { target: address })).detail).toBe('did it: connected');
    expect((await permitted.does('fetch', { target: address })).detail).toBe('did it: 204');
    expect((await permitted.does('connect', { target: '127.0.0.1:1' })).detail).toMatch(/not among the hosts/);
    expect((await permitted.does('connect', { target: 'example.org:443' })).detail).toMatch(/not among the hosts/);
    expect((await permitted.does('send-a-datagram', { target: address })).detail).toContain('ERR_ACCESS_DENIED');
  });
});

describe('S16: a plugin that calls itself like another', () => {
  it('is ended before it is given anything', async () => {
    const configuration = { webhook: { receivers: { people: { url: 'http://127.0.0.1:1/canary' } } } };
    await expect(startChild('taken-id', { taken: ['webhook'], configuration })).rejects.toThrow(
      'the id webhook is taken',
    );
  });
});

describe('a plugin that does not load', () => {
  /** Processes that this one has started, by the program that runs in them. */
  const children = (): string[] =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          const isOurs =
            readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(process.pid);
          return isOurs && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('plugin-host') ? [pid] : [];
        } catch {
          return [];
        }
      });

  it.each<[string, RegExp]>([
    ['throws-at-import', /it does not want to be loaded/],
    ['broken-syntax', /Unexpected end of input/],
    ['other-sdk', /not what definePlugin makes \(sdk 1\)/],
  ])('%s: is an error with its reason, and leaves no process', async (name, reason) => {
    const before = children();
    await expect(startChild(name)).rejects.toThrow(reason);
    expect(children()).toEqual(before);
  });
});
