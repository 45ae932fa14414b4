import { createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../../plugins/evict-stale-cache/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import { startMemcached, type RigMemcached } from '../rig/memcached.js';
import { startMiddle, type Middle } from '../rig/middle.js';
import { plainCall } from '../rig/plain-call.js';
import { freePort } from '../rig/processes.js';
import { waitFor } from '../rig/wait-for.js';

const log = { info: () => {}, warn: () => {} };
const byKeys = { cache: 'main', keys: ['session:1', 'session:2'] };
const byNamespace = { cache: 'main', namespace: 'catalogue' };
let server: RigMemcached;
let middle: Middle;

beforeAll(async () => {
  server = await startMemcached();
  middle = await startMiddle(server.address);
});
afterAll(async () => {
  await middle?.stop();
  await server?.stop();
});
beforeEach(async () => {
  middle.meddle({});
  await server.tell('flush_all', /OK/);
  await set('session:1', 'one');
  await set('session:2', 'two');
  await set('ns:catalogue', '9');
});

const set = (key: string, value: string, more = 'F5 T1000') =>
  server.tell(`ms ${key} ${value.length} ${more}\r\n${value}`);
const get = async (key: string) => (await server.tell(`get ${key}`)).split('\r\n')[1];

const actionAt = (address: string, more: object = {}): Action => {
  const cache = { servers: { a: address }, prefixes: ['session:'], namespaces: { catalogue: 'ns:catalogue' }, ...more };
  return plugin.instantiate({ memcached: { caches: { main: cache }, timeout: '1s' } }, log).provided.actions![
    'memcached'
  ]!;
};
const ours = () => actionAt(`127.0.0.1:${middle.port}`);
const planned = async (params: object) => (await actionAt(server.address).plan(plainCall(), { ...params })).before;

describe('what an approver reads', () => {
  it('is which entries go, with their versions, and whether they can be put back', async () => {
    const plan = await ours().plan(plainCall(), byKeys);
    expect(plan).toMatchObject({
      summary: 'evict 2 entries from memcached main: session:1, session:2',
      reversible: true,
    });
    expect(plan.changes[0]).toMatchObject({ resource: 'memcached/main/a/session:1', attribute: 'entry', to: null });
    expect(plan.changes[0]?.from).toMatch(/^\d+ bytes, version \d+$/);
    expect(plan.facts?.['restore']).toMatch(
      /^2 entries \(\d+ bytes\) kept, and put back where nobody has written another$/,
    );
    const large = await actionAt(server.address, { keepBytes: 0 }).plan(plainCall(), byKeys);
    expect(large).toMatchObject({ reversible: false, before: { items: [{ value: null }, { value: null }] } });
    expect(large.facts?.['restore']).toMatch(/^not possible: 2 entries \(\d+ bytes\), and at most 0 bytes are kept$/);
  });

  it('is planned from what an earlier step leaves', async () => {
    const first = await ours().plan(plainCall(), { cache: 'main', keys: ['session:1'] });
    const second = await ours().plan(plainCall({ earlier: first.changes }), byKeys);
    expect(second.changes.map(({ resource }) => resource)).toEqual(['memcached/main/a/session:2']);
    const raised = await ours().plan(plainCall(), byNamespace);
    const again = await ours().plan(plainCall({ earlier: raised.changes }), byNamespace);
    expect(again.changes).toEqual([
      { resource: 'memcached/main/a/namespace/catalogue', attribute: 'generation', from: '10', to: '11' },
    ]);
    await ours().apply(plainCall(), byNamespace, raised.before);
    await ours().apply(plainCall(), byNamespace, again.before);
    expect(await get('ns:catalogue')).toBe('11');
    await ours().revert(plainCall(), byNamespace, again.before);
    await ours().revert(plainCall(), byNamespace, raised.before);
    expect(await get('ns:catalogue')).toBe('9');
  });

  it('is nothing when nothing is there', async () => {
    await server.tell('flush_all', /OK/);
    expect(await ours().check(plainCall(), byKeys)).toEqual({
      needed: false,
      because: 'memcached main has none of these keys',
    });
    expect(await ours().check(plainCall(), byNamespace)).toEqual({
      needed: false,
      because: 'memcached main has no number of namespace catalogue: its clients begin a new one',
    });
  });
});

describe('what others do', () => {
  it('is not overruled when an entry was written since: nothing is removed then', async () => {
    const before = await planned(byKeys);
    await set('session:2', 'new');
    await expect(ours().apply(plainCall(), byKeys, before)).rejects.toMatchObject({
      code: 'changed-meanwhile',
      again: false,
      message: 'session:2 on a is new: somebody wrote it meanwhile; plan anew',
    });
    expect([await get('session:1'), await get('session:2')]).toEqual(['one', 'new']);
  });

  it('is not overruled between the look and the write', async () => {
    const before = await planned(byKeys);
    const fence = async () => void (await set('session:1', 'new'));
    await expect(ours().apply(plainCall({ fence }), byKeys, before)).rejects.toMatchObject({
      code: 'changed-meanwhile',
    });
    expect(await get('session:1')).toBe('new');
  });

  it('is no harm when an entry is gone already, or is there again as a new one', async () => {
    const before = await planned(byKeys);
    await server.tell('delete session:1');
    await ours().apply(plainCall(), byKeys, before);
    await set('session:2', 'new');
    expect(await ours().verify(plainCall(), byKeys, before)).toEqual({ took: true });
    await ours().revert(plainCall(), byKeys, before);
    expect([await get('session:1'), await get('session:2')]).toEqual(['one', 'new']);
  });

  it('is not overruled when somebody raised the number of a namespace, by apply nor by revert', async () => {
    const before = await planned(byNamespace);
    await server.tell('incr ns:catalogue 5');
    const refused = { code: 'changed-meanwhile', again: false };
    await expect(ours().apply(plainCall(), byNamespace, before)).rejects.toMatchObject(refused);
    await expect(ours().revert(plainCall(), byNamespace, before)).rejects.toMatchObject(refused);
    expect(await get('ns:catalogue')).toBe('14');
    // A higher number shuts out the old entries all the same.
    expect(await ours().verify(plainCall(), byNamespace, before)).toEqual({ took: true });
  });

  it('does not let two raises at once become two', async () => {
    const before = await planned(byNamespace);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => ours().apply(plainCall(), byNamespace, before)),
    );
    expect(await get('ns:catalogue')).toBe('10');
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
  });
});

describe('what is put back', () => {
  it('has its value, its flags and what was left of its time', async () => {
    await set('session:1', 'x'.repeat(2_000), 'F77 T3');
    // More than 30 days from now are written as a date.
    await set(
      'session:2',
      'long',
      `F0 T${Number(/STAT time (\d+)/.exec(await server.tell('stats'))?.[1]) + 5_000_000}`,
    );
    const before = await planned(byKeys);
    await ours().apply(plainCall(), byKeys, before);
    await ours().revert(plainCall(), byKeys, before);
    expect(await server.tell('mg session:1 f s t', /HD .*\r\n$/)).toMatch(/^HD f77 s2000 t[123]$/);
    expect(await server.tell('mg session:2 t', /HD .*\r\n$/)).toMatch(/^HD t(5000000|499999[789])$/);
  });

  it('is not what would be gone by itself by now', async () => {
    await set('session:1', 'short', 'F0 T1');
    const before = await planned(byKeys);
    await ours().apply(plainCall(), byKeys, before);
    await waitFor('its time to be over', async () => (await server.tell('stats')) && (await expired(before)), 30_000);
    await ours().revert(plainCall(), byKeys, before);
    expect([await get('session:1'), await get('session:2')]).toEqual([undefined, 'two']);
  });

  async function expired(before: unknown): Promise<boolean> {
    const at = Number(/"expiresAt":(\d+)/.exec(JSON.stringify(before))?.[1]);
    return Number(/STAT time (\d+)/.exec(await server.tell('stats'))?.[1]) >= at;
  }

  it('is not what somebody writes in the same moment', async () => {
    const before = await planned(byKeys);
    await ours().apply(plainCall(), byKeys, before);
    const fence = async () => void ((await get('session:1')) ?? (await set('session:1', 'new')));
    await ours().revert(plainCall({ fence }), byKeys, before);
    expect([await get('session:1'), await get('session:2')]).toEqual(['new', 'two']);
  });

  it('is nothing that the plan did not keep', async () => {
    const small = actionAt(server.address, { keepBytes: 10 });
    const { before } = await small.plan(plainCall(), byKeys);
    await small.apply(plainCall(), byKeys, before);
    await expect(small.revert(plainCall(), byKeys, before)).rejects.toMatchObject({ code: 'not-kept', again: false });
  });

  it('is the number of a namespace without blanks, and with its time', async () => {
    const before = await planned(byNamespace);
    await ours().apply(plainCall(), byNamespace, before);
    await ours().revert(plainCall(), byNamespace, before);
    expect(await server.tell('mg ns:catalogue v f t', /\r\n9\r\n$/)).toMatch(/^VA 1 f5 t(1000|9[0-9][0-9])\r\n9$/);
  });
});

describe('a server that does not do as it should', () => {
  it.each([
    ['swallows what it is asked', { request: () => undefined }, 'timed-out', true],
    ['stops in the middle of an answer', { answer: (piece: Buffer) => piece.subarray(0, 3) }, 'timed-out', true],
    ['answers rubbish', { answer: () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') }, 'not-understood', false],
    ['is no memcached that we know', { answer: () => Buffer.from('ERROR\r\n') }, 'refused-by-target', false],
    ['has no memory left', { answer: () => Buffer.from('SERVER_ERROR out of memory\r\n') }, 'target-failed', true],
    ['answers without end', { answer: () => Buffer.alloc(1_200_000, 'STAT a b\r\n') }, 'cut-off', true],
    ['answers one line without end', { answer: () => Buffer.alloc(100_000, 'x') }, 'not-understood', false],
  ] as const)('because it %s: %s', async (_, meddling, code, again) => {
    const before = await planned(byKeys);
    middle.meddle(meddling);
    const begun = performance.now();
    await expect(ours().check(plainCall(), byKeys)).rejects.toMatchObject({ code, again });
    await expect(ours().apply(plainCall(), byKeys, before)).rejects.toMatchObject({ code });
    await expect(ours().verify(plainCall(), byKeys, before)).rejects.toMatchObject({ code });
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect(await get('session:1')).toBe('one');
  });

  it.each([
    ['keys', byKeys, 'session:1', undefined],
    ['a namespace', byNamespace, 'ns:catalogue', '10'],
  ])(
    'I4: because it evicts %s and does not say so: verify finds it, and nothing is done twice',
    async (_, params, key, is) => {
      const before = await planned(params);
      middle.meddle({ answer: (piece) => (/^(HD|NF|EX)/.test(piece.toString()) ? undefined : piece) });
      const one = 'keys' in params ? { ...params, keys: ['session:1'] } : params;
      await expect(ours().apply(plainCall(), one, before)).rejects.toMatchObject({ code: 'timed-out' });
      expect(await get(key)).toBe(is);
      middle.meddle({});
      await ours().apply(plainCall({ epoch: 2 }), params, before);
      expect(await ours().verify(plainCall(), params, before)).toEqual({ took: true });
      expect(await get(key)).toBe(is);
    },
  );

  it('because it is away', async () => {
    await expect(actionAt(`127.0.0.1:${await freePort()}`).check(plainCall(), byKeys)).rejects.toMatchObject({
      code: 'target-unreachable',
      again: true,
      message: "memcached main/a can't be reached: ECONNREFUSED",
    });
  });

  it('because it closes the connection', async () => {
    const closing = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await waitFor('a port', () => closing.listening, 30_000);
    const address = closing.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(actionAt(`127.0.0.1:${port}`).check(plainCall(), byKeys)).rejects.toMatchObject({ code: 'cut-off' });
    closing.close();
  });

  it('S18: because it does not take the password, which nobody sees', async () => {
    const login = { username: 'firebreak', password: 'canary-8821' };
    const strict = await startMemcached({ ...login, password: 'another-one' });
    const action = actionAt(strict.address, login);
    const error: unknown = await action.check(plainCall(), byKeys).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'refused-by-target', again: false });
    expect(String(error)).toMatch(/refuses the user name or password: configure what the file given to memcached/);
    expect(String(error)).not.toContain(login.password);
    await expect(actionAt(strict.address).check(plainCall(), byKeys)).rejects.toThrow(
      /configure username and password/,
    );
    await strict.stop();
  });

  it('because it keeps no versions', async () => {
    const bare = await startMemcached(undefined, ['-C']);
    await bare.tell('ms session:1 1\r\n1');
    await expect(actionAt(bare.address).check(plainCall(), byKeys)).rejects.toMatchObject({ code: 'no-versions' });
    await bare.stop();
  });

  it('because the key of a namespace holds no number, or the largest there is', async () => {
    await set('ns:catalogue', 'v9');
    await expect(ours().plan(plainCall(), byNamespace)).rejects.toMatchObject({ code: 'not-a-number', again: false });
    await set('ns:catalogue', '18446744073709551615');
    await expect(ours().plan(plainCall(), byNamespace)).rejects.toMatchObject({ code: 'too-large', again: false });
    await set('ns:catalogue', '10');
    await server.tell('decr ns:catalogue 1', /\d+ *\r\n$/);
    expect((await ours().plan(plainCall(), byNamespace)).changes[0]).toMatchObject({ from: '9', to: '10' });
  });
});

it('S6: nothing flushes, whatever is asked for', async () => {
  const asked: string[] = [];
  middle.meddle({ request: (piece) => (asked.push(piece.toString()), piece) });
  for (const params of [byKeys, byNamespace]) {
    const { before } = await ours().plan(plainCall(), params);
    await ours().apply(plainCall(), params, before);
    await ours().revert(plainCall(), params, before);
  }
  const verbs = new Set(asked.flatMap((text) => text.split('\r\n')).map((line) => line.split(' ', 1)[0]));
  expect(
    [...verbs].filter((verb) => /^(flush|delete|set|incr|touch|shutdown|lru|slabs|cache_memlimit)/.test(verb ?? '')),
  ).toEqual([]);
});
