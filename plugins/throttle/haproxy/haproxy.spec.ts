import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Measurement } from '../../../src/plugin-sdk/index.js';
import type { Action } from '../../../src/plugin-sdk/plugin.js';
import { countWrites } from '../../../test/rig/counted-writes.js';
import { startMiddle } from '../../../test/rig/middle.js';
import { plainCall } from '../../../test/rig/plain-call.js';
import { startPlainHaproxy, type PlainHaproxy } from '../../../test/rig/plain-haproxy.js';
import plugin from '../index.js';
import { isMended } from './deadlock.js';

const log = { info: () => {}, warn: () => {} };
const lift = { every: '7s', within: '1m' };
const params = { of: { backend: 'centers', server: 'a' }, limit: 20, lift };
let haproxy: PlainHaproxy;
let map: string;
let action: Action;

const actionAt = (endpoint: string, timeout = '300ms'): Action =>
  plugin.instantiate({ haproxy: { endpoint, timeout, maps: { rates: map } } }, log).provided.actions!['haproxy']!;

beforeAll(async () => {
  haproxy = await startPlainHaproxy(
    (folder) => `
defaults
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
frontend public
  bind ${folder}/public.sock
  http-request set-header x-rate %[str(shop),map_str(${folder}/rates.map,9)]
  default_backend centers
backend centers
  server a 127.0.0.1:1 maxconn 100
  server b 127.0.0.1:1
`,
    { 'rates.map': 'words many\n' },
  );
  map = `${haproxy.folder}/rates.map`;
  action = actionAt(haproxy.socket);
});
afterAll(() => haproxy?.stop());
beforeEach(() => maxconn('a', 100));

const maxconn = (server: string, most: number) => haproxy.tell(`set maxconn server centers/${server} ${most}`);
async function now(server = 'a'): Promise<string | undefined> {
  const rows = (await haproxy.tell('show stat centers 4 -1')).split('\n').map((row) => row.split(','));
  return rows.find((row) => row[1] === server)?.[6];
}

describe('what HAProxy makes of such limits, which is why they are refused', () => {
  it('is no limit at all of 0, and another number of a negative one', async () => {
    await maxconn('a', 0);
    expect(await now()).toBe('');
    await maxconn('a', -5);
    expect(await now()).toBe('4294967291');
    await maxconn('a', 99_999_999_999);
    expect(await now()).toBe('1215752191');
  });
});

describe('a plan', () => {
  it('says from what to what, and by which stages it is lifted', async () => {
    expect(await action.plan(plainCall(), params)).toEqual({
      summary: 'maxconn of server centers/a: 100 -> 20; lifted to 40, 60, 100, one each 7 s while it stays healthy',
      changes: [{ resource: 'haproxy/server/centers/a', attribute: 'maxconn', from: 100, to: 20 }],
      before: { limit: 100 },
      liftWithinMs: 60_000,
    });
  });

  it.each<[string, object, string]>([
    [
      'where there was no limit',
      {},
      'no limit -> 20; lifted in one step (there was no limit, and no full is given) while it is healthy',
    ],
    [
      'where full says what there was',
      { full: 60 },
      'no limit -> 20; lifted to 30, 40, no limit, one each 7 s while it stays healthy',
    ],
    ['that is lifted at once', { lift: 'at-once' }, 'no limit -> 20; lifted at once'],
  ])('%s says how it is lifted', async (_, more, said) => {
    const free = { ...params, of: { backend: 'centers', server: 'b' }, ...more };
    expect((await action.plan(plainCall(), free)).summary).toBe(`maxconn of server centers/b: ${said}`);
  });

  it('goes from what an earlier step will have left', async () => {
    const { changes } = await action.plan(plainCall(), { ...params, limit: 50 });
    expect((await action.plan(plainCall({ earlier: changes }), params)).before).toEqual({ limit: 50 });
  });

  it('never loosens: a limit that is lower already stays', async () => {
    await maxconn('a', 5);
    expect(await action.check(plainCall(), params)).toEqual({
      needed: false,
      because: 'maxconn of server centers/a is 5 already',
    });
    const { before } = await action.plan(plainCall(), params);
    expect(await action.apply(plainCall(), params, before)).toEqual({ done: true });
    expect(await action.verify(plainCall(), params, before)).toEqual({ took: true });
    await action.revert(plainCall(), params, before);
    expect(await now()).toBe('5');
  });

  it.each<[string, object, string]>([
    ['a server that is not there', { of: { backend: 'centers', server: 'z' } }, 'unknown-name'],
    ['a backend that is not there', { of: { backend: 'zz', server: 'a' } }, 'unknown-name'],
    ['an entry that is no number', { of: { map: 'rates', key: 'words' } }, 'not-understood'],
  ])('is refused for %s', async (_, of, code) => {
    await expect(action.plan(plainCall(), { ...params, ...of })).rejects.toMatchObject({ code, again: false });
  });
});

describe('lifting', () => {
  const mood = (status: Measurement['status']) =>
    plainCall({ lifting: { measure: async () => ({ status, detail: status }) } });
  const before = { limit: 100 };
  beforeEach(() => maxconn('a', 20));

  it('takes one stage for each call, by what HAProxy shows, waits while it is not healthy, and ends exactly', async () => {
    const seen: unknown[] = [];
    for (const status of ['healthy', 'unhealthy', 'unknown', 'healthy', 'healthy', 'healthy'] as const)
      seen.push([await action.revert(mood(status), params, before), await now()]);
    const waits = { done: false, againInMs: 7_000 };
    expect(seen).toEqual([
      [waits, '40'],
      [waits, '40'],
      [waits, '40'],
      [waits, '60'],
      [{ done: true }, '100'],
      [{ done: true }, '100'],
    ]);
  });

  it('goes on from the stage at which another process stopped', async () => {
    await maxconn('a', 60);
    expect(await actionAt(haproxy.socket).revert(mood('healthy'), params, before)).toEqual({ done: true });
    expect(await now()).toBe('100');
  });

  it('is all of the way from any stage when there is no time', async () => {
    await action.revert(mood('healthy'), params, before);
    expect(await action.revert(plainCall(), params, before)).toEqual({ done: true });
    expect(await now()).toBe('100');
  });

  it('does not measure for nothing, and does not overrule what somebody has set', async () => {
    let measured = 0;
    const measure = async () => ({ status: 'healthy' as const, detail: String((measured += 1)) });
    await maxconn('a', 33);
    await expect(action.revert(plainCall({ lifting: { measure } }), params, before)).rejects.toMatchObject({
      code: 'changed-meanwhile',
      again: false,
      message:
        'maxconn of server centers/a is 33 and none of 20, 40, 60, 100: somebody changed it meanwhile; set it by hand',
    });
    expect([measured, await now()]).toEqual([0, '33']);
  });

  it('sees what somebody sets while it measures', async () => {
    const measure = async () => {
      await maxconn('a', 33);
      return { status: 'healthy', detail: '' } as const;
    };
    const lifted = action.revert(plainCall({ lifting: { measure } }), params, before);
    await expect(lifted).rejects.toMatchObject({ code: 'changed-meanwhile' });
    expect(await now()).toBe('33');
  });

  it('I7: is not done by whoever was overtaken', async () => {
    const fence = () => Promise.reject(new Error('another process has taken over'));
    await expect(action.revert({ ...mood('healthy'), fence }, params, before)).rejects.toThrow('taken over');
    expect(await now()).toBe('20');
  });
});

describe('somebody else', () => {
  it('is not overruled by apply', async () => {
    const { before } = await action.plan(plainCall(), params);
    await maxconn('a', 77);
    await expect(action.apply(plainCall(), params, before)).rejects.toMatchObject({
      code: 'changed-meanwhile',
      again: false,
    });
    expect(await now()).toBe('77');
  });
});

describe('maxconn of a frontend', () => {
  it.each([
    ['2.6.12-1+deb12u4', false],
    ['2.6.19', false],
    ['2.6.20', true],
    ['2.4.28-abc', true],
    ['2.8.11', false],
    ['2.8.12', true],
    ['2.9.15', false],
    ['3.0.5', false],
    ['3.0.6', true],
    ['3.1.0', true],
    ['3.3-dev1', true],
    ['4.0.0', true],
    ['nonsense', false],
  ])('of version %s may be throttled: %s', (version, may) => expect(isMended(version)).toBe(may));
});

describe('a HAProxy that is not well', () => {
  let fake: Server | undefined;
  afterEach(() => void fake?.close());
  /** One that answers each command as it is told. */
  async function answering(answer: (command: string) => string | undefined): Promise<Action> {
    fake = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (line) => {
        const said = answer(line.toString());
        if (said !== undefined) socket.end(said);
      });
    });
    await new Promise<void>((resolve) => fake?.listen(0, '127.0.0.1', resolve));
    const address = fake.address();
    return actionAt(typeof address === 'object' ? `127.0.0.1:${address?.port}` : '');
  }
  const table = (slim: string) => `# pxname,svname,slim\npublic,FRONTEND,${slim}\ncenters,a,${slim}\n\n`;

  it.each<[string, (command: string) => string | undefined, string, boolean]>([
    ['never answers', () => undefined, 'timed-out', true],
    ['answers rubbish', () => 'hello\n\n', 'refused-by-target', false],
    ['answers half a table', () => '# pxname,svname,slim\ncenters,a,1', 'cut-off', true],
    ['answers a table without limits', () => '# pxname,svname,scur\ncenters,a,1\n\n', 'refused-by-target', false],
    [
      'takes no commands',
      (c) => (c.startsWith('set') ? 'Permission denied\n\n' : table('100')),
      'refused-by-target',
      false,
    ],
    ['takes the command and does nothing', (c) => (c.startsWith('set') ? '\n' : table('100')), 'did-not-take', true],
  ])('and %s makes a clear error', async (_, answer, code, again) => {
    const ill = await answering(answer);
    await expect(ill.apply(plainCall(), params, { limit: 100 })).rejects.toMatchObject({ code, again });
  });

  it('and is not there makes a clear error', async () => {
    const gone = actionAt('/nowhere/admin.sock');
    await expect(gone.plan(plainCall(), params)).rejects.toMatchObject({ code: 'target-unreachable' });
  });

  it('I4: and drops its answer has taken the change once: asked again, nothing more is written', async () => {
    const counted = await countWrites({ path: haproxy.socket }, /set maxconn/g);
    const middle = await startMiddle(counted.endpoint);
    let isWrite = false;
    middle.meddle({
      request: (piece) => ((isWrite = piece.toString().startsWith('set')), piece),
      answer: (piece) => (isWrite ? undefined : piece),
    });
    const through = actionAt(`${middle.host}:${middle.port}`);
    await expect(through.apply(plainCall(), params, { limit: 100 })).rejects.toMatchObject({ code: 'cut-off' });
    expect(await through.verify(plainCall(), params, { limit: 100 })).toEqual({ took: true });
    expect(await through.apply(plainCall(), params, { limit: 100 })).toEqual({ done: true });
    expect([counted.writes(), await now()]).toEqual([1, '20']);
    await middle.stop();
    counted.stop();
  });

  const frontend = { ...params, of: { frontend: 'public' } };
  async function ofVersion(version: string): Promise<{ action: Action; told: string[] }> {
    const told = ['100'];
    const at = await answering((command) => {
      if (command.startsWith('show info')) return `Name: HAProxy\nVersion: ${version}\n\n`;
      if (command.startsWith('show')) return table(told.at(-1) ?? '');
      told.push(/^set maxconn frontend public (\d+)\n$/.exec(command)?.[1] ?? command);
      return '\n';
    });
    return { action: at, told };
  }

  it('and would hang when a full frontend may take more again is left alone', async () => {
    const { action: old, told } = await ofVersion('2.6.12-1+deb12u4');
    const refused = { code: 'unsafe-version', again: false };
    await expect(old.check(plainCall(), frontend)).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(/^HAProxy 2\.6\.12.* would hang .*limit its servers/),
    });
    await expect(old.revert(plainCall(), frontend, { limit: 200 })).rejects.toMatchObject(refused);
    expect(told).toEqual(['100']);
  });

  it('but has that mended is limited at its frontend', async () => {
    const { action: mended, told } = await ofVersion('3.2.4');
    const { before } = await mended.plan(plainCall(), frontend);
    await mended.apply(plainCall(), frontend, before);
    await mended.revert(plainCall(), frontend, before);
    expect(told).toEqual(['100', '20', '100']);
  });
});
