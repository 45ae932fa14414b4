import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../test/rig/processes.js';
import { HaproxyRuntime } from './haproxy-runtime.js';
import { parseServers } from './haproxy-server.js';
import { socketAddress } from './socket-address.js';

let server: Server | undefined;
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server?.close();
});

/** A target that answers anything, even nothing. */
async function target(answer: (socket: Socket) => void, timeoutMs = 200): Promise<HaproxyRuntime> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
  return new HaproxyRuntime(`127.0.0.1:${port}`, timeoutMs);
}

const never = new AbortController().signal;

describe('a target that does not answer as it should', () => {
  it.each([
    ['says nothing', 'timed-out', () => {}],
    ['hangs up', 'cut-off', (socket: Socket) => socket.end()],
    ['hangs up in the middle', 'cut-off', (socket: Socket) => socket.end('1\n# be_id be_name\n3 cent')],
    [
      'talks without end',
      'cut-off',
      (socket: Socket) => void setInterval(() => socket.write('x'.repeat(2_000_000)), 1).unref(),
    ],
    ['says something else', 'refused-by-target', (socket: Socket) => socket.end('220 mail.example.org\n\n')],
    ['has another version', 'refused-by-target', (socket: Socket) => socket.end('2\n# be_id\n\n')],
    ['has other columns', 'not-understood', (socket: Socket) => socket.end('1\n# be_id srv_name\n3 a\n\n')],
  ])('that %s: %s', async (_, code, answer) => {
    const runtime = await target(answer, code === 'timed-out' ? 200 : 2_000);
    await expect(runtime.servers('centers', never)).rejects.toMatchObject({ code });
  });

  it('has no entry and no number of sessions that could be taken for one', async () => {
    const told = async (answer: string) => target((socket) => socket.end(`${answer}\n\n`));
    await expect((await told('220 mail')).entry('/a.map', 'k', never)).rejects.toMatchObject({
      code: 'refused-by-target',
    });
    server?.close();
    await expect((await told('220 mail')).sessions('b', 'a', never)).rejects.toMatchObject({
      code: 'refused-by-target',
    });
    server?.close();
    const table = '# pxname,svname,qcur,qmax,scur\nb,a,0,0,\n';
    await expect((await told(table)).sessions('b', 'a', never)).rejects.toMatchObject({ code: 'refused-by-target' });
    server?.close();
    const other = '# pxname,svname,qcur,qmax,scur\nb,z,0,0,0';
    await expect((await told(other)).sessions('b', 'a', never)).rejects.toMatchObject({ code: 'unknown-name' });
  });

  it('never takes a lost answer to a write for a success', async () => {
    const runtime = await target((socket) => socket.end());
    await expect(runtime.setState('centers', 'a', 'maint', never)).rejects.toMatchObject({
      code: 'cut-off',
      again: true,
    });
  });

  it('is given up at once when the call is aborted', async () => {
    const runtime = await target(() => {}, 10_000);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    const start = performance.now();
    await expect(runtime.servers('centers', abort.signal)).rejects.toMatchObject({ code: 'aborted' });
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('names that could be more than a name (S5, S6)', () => {
  it.each(['', '*', 'a b', 'a;quit', 'a\nquit', 'a/b', '#1', 'a\\', "'", '"', '<<', 'ä', 'x'.repeat(129)])(
    '%j reaches no command',
    async (name) => {
      const runtime = new HaproxyRuntime('127.0.0.1:1', 100);
      await expect(runtime.servers(name, never)).rejects.toMatchObject({ code: 'bad-name', again: false });
      await expect(runtime.setState('centers', name, 'maint', never)).rejects.toMatchObject({ code: 'bad-name' });
      await expect(runtime.setWeight(name, 'a', 1, never)).rejects.toMatchObject({ code: 'bad-name' });
      await expect(runtime.sessions(name, 'a', never)).rejects.toMatchObject({ code: 'bad-name' });
      await expect(runtime.closeSessions('centers', name, never)).rejects.toMatchObject({ code: 'bad-name' });
      await expect(runtime.entry('/etc/a.map', name, never)).rejects.toMatchObject({ code: 'bad-name' });
      await expect(runtime.setEntry('/etc/a.map', 'k', null, name, never)).rejects.toMatchObject({ code: 'bad-name' });
      await expect(runtime.setEntry('/etc/a.map', name, 'a', null, never)).rejects.toMatchObject({ code: 'bad-name' });
    },
  );

  it.each(['', 'a.map', '#0', '/a b', '/a;quit', '/a\nquit', '/a\\', "/'", '/ä', `/${'x'.repeat(300)}`])(
    'the file %j reaches no command',
    async (file) => {
      const runtime = new HaproxyRuntime('127.0.0.1:1', 100);
      await expect(runtime.entry(file, 'k', never)).rejects.toMatchObject({ code: 'bad-name', again: false });
      await expect(runtime.setEntry(file, 'k', null, 'v', never)).rejects.toMatchObject({ code: 'bad-name' });
    },
  );
});

describe('the table of servers', () => {
  const row = (admin: number, op = 2, weight = 1) =>
    parseServers(
      `1\n# srv_name srv_op_state srv_admin_state srv_uweight srv_time_since_last_change\na ${op} ${admin} ${weight} 5\n`,
    )[0];

  it.each([
    [0, 2, { state: 'ready', serving: true, able: true }],
    [0, 0, { state: 'ready', serving: false, able: false }],
    [0, 3, { state: 'ready', serving: false, able: false }],
    [4, 2, { state: 'ready', serving: true, able: true }], // was disabled in the configuration
    [5, 0, { state: 'maint', serving: false, able: true }],
    [8, 2, { state: 'drain', serving: false, able: true }],
    [8, 0, { state: 'drain', serving: false, able: false }],
    [9, 0, { state: 'maint', serving: false, able: true }],
    [2, 2, { state: 'ready', serving: false, able: false }], // inherited from a tracked server
    [33, 0, { state: 'maint', serving: false, able: false }], // and no address
    [64, 2, { state: 'ready', serving: false, able: false }],
    [16, 2, { state: 'ready', serving: false, able: false }],
  ])('admin state %i with operational state %i', (admin, op, expected) => {
    expect(row(admin, op)).toMatchObject(expected);
  });

  it('counts a server without weight as one that does not serve', () => {
    expect(row(0, 2, 0)).toMatchObject({ serving: false, able: true, weight: 0 });
  });
});

describe('addresses', () => {
  it('are host:port or a path', () => {
    expect(socketAddress('haproxy:9999')).toEqual({ host: 'haproxy', port: 9999 });
    expect(socketAddress('[::1]:9999')).toEqual({ host: '::1', port: 9999 });
    expect(socketAddress('/run/haproxy/admin.sock')).toEqual({ path: '/run/haproxy/admin.sock' });
  });

  it.each([
    '',
    'haproxy',
    ':9999',
    'haproxy:0',
    'haproxy:65536',
    'haproxy:99999',
    'admin.sock',
    'ha proxy:1',
    'http://h:1',
    '/a\0b',
  ])('%j is none', (text) => {
    expect(socketAddress(text)).toBeUndefined();
  });
});
