import { createServer } from 'node:net';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PluginLog } from '../../../src/plugin-sdk/index.js';
import type { Action, BareEffectCall, BarePlanCall } from '../../../src/plugin-sdk/plugin.js';
import { exchange } from '../../../test/rig/exchange.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from '../../../test/rig/processes.js';
import { waitFor } from '../../../test/rig/wait-for.js';
import plugin from '../index.js';

const config = (paths: { admin: string; viewer: string; alive: number }) => `
global
  stats socket ${paths.admin} level admin
  stats socket ${paths.viewer} level user
defaults
  mode tcp
  timeout connect 1s
  timeout client 1s
  timeout server 1s
backend centers
  server a 127.0.0.1:1 weight 100
  server b 127.0.0.1:1 weight 100 disabled
  server c 127.0.0.1:1 weight 0
backend checked
  server a 127.0.0.1:${paths.alive} check inter 50ms fall 1 rise 1
  server dead 127.0.0.1:1 check inter 50ms fall 1 rise 1
backend static
  balance static-rr
  server a 127.0.0.1:1 weight 10
  server b 127.0.0.1:1 weight 10
`;

let folder: string;
let haproxy: RunningProcess;
let action: Action;
const written: string[] = [];
const log: PluginLog = {
  info: (_, fields = {}) => void written.push(JSON.stringify([fields['server'], fields['attribute']])),
  warn: () => {},
};
const alive = createServer((socket) => socket.end());

beforeAll(async () => {
  folder = rigFolder('cut-over');
  const paths = { admin: join(folder, 'admin.sock'), viewer: join(folder, 'viewer.sock'), alive: await freePort() };
  await new Promise<void>((resolve) => alive.listen(paths.alive, '127.0.0.1', resolve));
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, config(paths));
  const ready = async () => (await tell('show info')).includes('Uptime');
  haproxy = await startProcess({ name: 'haproxy', command: 'haproxy', args: ['-db', '-f', file], folder, ready });
  const endpoints = { viewer: paths.viewer, gone: join(folder, 'gone.sock') };
  action = plugin.instantiate({ endpoint: paths.admin, endpoints, timeout: '500ms' }, log).provided.actions![
    'haproxy'
  ]!;
});

afterAll(async () => {
  alive.close();
  await haproxy?.stop();
  removeFolder(folder);
});

beforeEach(async () => {
  await tell('set server centers/a state ready; set server centers/a weight 100');
  await tell('set server centers/b state maint; set server centers/b weight 100');
  await tell('set server checked/a state ready; set server checked/a weight 1');
  await tell('set server checked/dead state ready');
  written.length = 0;
});

const tell = async (command: string) => exchange({ path: join(folder, 'admin.sock') }, `${command}\n`);
const call = (differs: Partial<BareEffectCall> = {}): BareEffectCall & BarePlanCall => {
  return {
    key: 'k',
    epoch: 1,
    earlier: [],
    signal: new AbortController().signal,
    log,
    fence: async () => {},
    ...differs,
  };
};
const swap = {
  backend: 'centers',
  servers: [
    { server: 'a', state: 'maint', weight: 10 },
    { server: 'b', state: 'ready', weight: 200 },
  ],
};
const codeOf = async (what: Promise<unknown>) =>
  what.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  );
async function admin(backend: string): Promise<{ [server: string]: string }> {
  const rows = (await tell(`show servers state ${backend}`)).trim().split('\n').slice(2);
  return Object.fromEntries(
    rows.map((row) => row.split(' ')).map((cells) => [String(cells[3]), `${cells[6]}/${cells[7]}`]),
  );
}

describe('the plan', () => {
  it('names each attribute from what to what, and keeps exactly what was there', async () => {
    expect(await action.plan(call(), swap)).toEqual({
      summary: 'centers: a state ready -> maint, a weight 100 -> 10, b state maint -> ready, b weight 100 -> 200',
      changes: [
        { resource: 'haproxy/centers/a', attribute: 'state', from: 'ready', to: 'maint' },
        { resource: 'haproxy/centers/a', attribute: 'weight', from: 100, to: 10 },
        { resource: 'haproxy/centers/b', attribute: 'state', from: 'maint', to: 'ready' },
        { resource: 'haproxy/centers/b', attribute: 'weight', from: 100, to: 200 },
      ],
      before: {
        servers: [
          { server: 'a', state: 'ready', weight: 100 },
          { server: 'b', state: 'maint', weight: 100 },
        ],
      },
    });
  });

  it.each([
    ['the only one is taken out', { backend: 'centers', servers: [{ server: 'a', state: 'maint' }] }],
    ['the only one is drained', { backend: 'centers', servers: [{ server: 'a', state: 'drain' }] }],
    ['the only one gets no weight', { backend: 'centers', servers: [{ server: 'a', weight: 0 }] }],
    [
      'the other comes in without weight',
      {
        backend: 'centers',
        servers: [
          { server: 'a', state: 'maint' },
          { server: 'b', state: 'ready', weight: 0 },
        ],
      },
    ],
    [
      'the others are down, as checks say',
      {
        backend: 'checked',
        servers: [
          { server: 'a', state: 'maint' },
          { server: 'dead', weight: 50 },
        ],
      },
    ],
  ])('is refused when %s (I9)', async (_, params) => {
    await waitFor(
      'the check to find the dead one',
      async () => (await tell('show servers state checked')).includes('dead 127.0.0.1 0'),
      30_000,
    );
    await expect(action.plan(call(), params)).rejects.toMatchObject({ code: 'no-server-left', again: false });
  });

  it('refuses names that there are none of, and says which there are', async () => {
    const unknown = { backend: 'centers', servers: [{ server: 'z', state: 'maint' }] };
    await expect(action.plan(call(), unknown)).rejects.toMatchObject({
      code: 'unknown-name',
      again: false,
      message: 'no server z; there are a, b, c',
    });
    expect(await codeOf(action.check(call(), { ...swap, backend: 'centres' }))).toBe('unknown-name');
  });
});

describe('the change', () => {
  it('brings in before it takes out, and sets the weight of a server before requests reach it', async () => {
    const { before } = await action.plan(call(), swap);
    await action.apply(call(), swap, before);
    expect(written).toEqual(['["b","weight"]', '["b","state"]', '["a","state"]', '["a","weight"]']);
    expect(await admin('centers')).toMatchObject({ a: '1/10', b: '4/200' });
  });

  it('goes back in the same order, exactly to what was there, and touches only what it changed', async () => {
    const out = {
      backend: 'centers',
      servers: [
        { server: 'a', state: 'drain' },
        { server: 'b', state: 'ready' },
      ],
    };
    const { before } = await action.plan(call(), out);
    await action.apply(call(), out, before);
    expect(await admin('centers')).toMatchObject({ a: '8/100', b: '4/100' });
    await tell('set server centers/b weight 7');
    written.length = 0;
    await action.revert(call(), out, before);
    expect(written).toEqual(['["a","state"]', '["b","state"]']);
    expect(await admin('centers')).toMatchObject({ a: '0/100', b: '5/7' });
  });

  it('refuses to write anything when somebody changed a server meanwhile', async () => {
    const { before } = await action.plan(call(), swap);
    await tell('set server centers/a state drain');
    await expect(action.apply(call(), swap, before)).rejects.toMatchObject({ code: 'changed-meanwhile', again: false });
    expect(written).toEqual([]);
    expect(await admin('centers')).toMatchObject({ a: '8/100', b: '5/100' });
  });

  it('looks at all servers before the first write', async () => {
    const { before } = await action.plan(call(), swap);
    await tell('set server centers/a weight 33');
    expect(await codeOf(action.apply(call(), swap, before))).toBe('changed-meanwhile');
    expect(written).toEqual([]);
    expect(await admin('centers')).toMatchObject({ a: '0/33', b: '5/100' });
  });

  it('reads back what it wrote', async () => {
    const table = '1\n# srv_name srv_op_state srv_admin_state srv_uweight srv_time_since_last_change\na 2 0 1 5\n\n';
    const deaf = createServer((socket) => {
      socket.on('data', (line) => void socket.end(line.toString().startsWith('show') ? table : '\n'));
    });
    const port = await freePort();
    await new Promise<void>((resolve) => deaf.listen(port, '127.0.0.1', resolve));
    const { haproxy: act } = plugin.instantiate({ endpoint: `127.0.0.1:${port}` }, log).provided.actions!;
    const params = { backend: 'centers', servers: [{ server: 'a', weight: 2 }] };
    const { before } = await act!.plan(call(), params);
    await expect(act!.apply(call(), params, before)).rejects.toMatchObject({ code: 'did-not-take', again: true });
    deaf.close();
  });

  it('does not take back what somebody changed since', async () => {
    const { before } = await action.plan(call(), swap);
    await action.apply(call(), swap, before);
    await tell('set server centers/a state drain');
    await expect(action.revert(call(), swap, before)).rejects.toMatchObject({ code: 'changed-meanwhile' });
  });

  it('sees what somebody changes between two of its writes', async () => {
    const { before } = await action.plan(call(), swap);
    let fences = 0;
    const fence = async () => {
      fences += 1;
      if (fences === 2) await tell('set server centers/a weight 33');
    };
    expect(await codeOf(action.apply(call({ fence }), swap, before))).toBe('changed-meanwhile');
    expect(await admin('centers')).toMatchObject({ a: '1/33', b: '4/200' });
  });

  it('stops before it takes out the last server that serves, when the other went away meanwhile', async () => {
    const move = {
      backend: 'centers',
      servers: [
        { server: 'a', state: 'maint' },
        { server: 'c', weight: 5 },
      ],
    };
    const { before } = await action.plan(call(), move);
    await tell('set server centers/c state maint');
    await expect(action.apply(call(), move, before)).rejects.toMatchObject({ code: 'no-server-left', again: true });
    expect(await admin('centers')).toMatchObject({ a: '0/100', c: '1/5' });
    await tell('set server centers/c state ready; set server centers/c weight 0');
  });

  it('does not go back to a centre that is down', async () => {
    await tell('set server checked/dead weight 9');
    const move = {
      backend: 'checked',
      servers: [
        { server: 'a', state: 'drain' },
        { server: 'dead', weight: 8 },
      ],
    };
    const before = {
      servers: [
        { server: 'a', state: 'drain', weight: 1 },
        { server: 'dead', state: 'ready', weight: 9 },
      ],
    };
    const back = {
      ...move,
      servers: [
        { server: 'a', state: 'ready' },
        { server: 'dead', weight: 9 },
      ],
    };
    expect(await codeOf(action.revert(call(), back, before))).toBe('no-server-left');
    expect((await admin('checked'))['a']).toBe('0/1');
  });

  it('says what is not as wanted', async () => {
    const { before } = await action.plan(call(), swap);
    await tell('set server centers/b state ready');
    expect(await action.verify(call(), swap, before)).toEqual({
      took: false,
      detail: 'state of a is ready, not maint; weight of a is 100, not 10; weight of b is 100, not 200',
    });
  });

  it('passes on what HAProxy refuses', async () => {
    const params = { backend: 'static', servers: [{ server: 'a', weight: 5 }] };
    const { before } = await action.plan(call(), params);
    await expect(action.apply(call(), params, before)).rejects.toThrow(/static LB algorithm/);
    const viewer = { ...swap, endpoint: 'viewer' };
    const seen = await action.plan(call(), viewer);
    await expect(action.apply(call(), viewer, seen.before)).rejects.toThrow(/Permission denied.*level admin/);
  });
});

describe('the endpoint', () => {
  it('is one that the configuration names', () => {
    const { params } = action;
    expect(params.safeParse({ ...swap, endpoint: 'viewer' }).success).toBe(true);
    for (const endpoint of [join(folder, 'admin.sock'), '127.0.0.1:9999', '', 'toString', '__proto__']) {
      expect(params.safeParse({ ...swap, endpoint }).success).toBe(false);
    }
  });

  it('must be named when there is no default', () => {
    const { params } = plugin.instantiate({ endpoints: { x: '127.0.0.1:1' } }, log).provided.actions!['haproxy']!;
    expect(params.safeParse(swap).error?.issues[0]?.message).toContain('name one of x');
    expect(params.safeParse({ ...swap, endpoint: 'x' }).success).toBe(true);
  });

  it.each([
    [{}],
    [{ endpoint: 'haproxy' }],
    [{ endpoint: 'haproxy:0' }],
    [{ endpoint: 'a b:1' }],
    [{ endpoint: 'h:1', timeout: '0s' }],
    [{ endpoint: 'h:1', tiemout: '1s' }],
  ])('of %j is refused when the service starts', (raw) => {
    expect(() => plugin.instantiate(raw, log)).toThrow();
  });

  it('that is not there is unreachable', async () => {
    await expect(action.check(call(), { ...swap, endpoint: 'gone' })).rejects.toMatchObject({
      code: 'target-unreachable',
      again: true,
    });
  });
});
