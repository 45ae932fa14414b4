import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Action } from '../../../src/plugin-sdk/plugin.js';
import { startPlainHaproxy, type PlainHaproxy } from '../../../test/rig/plain-haproxy.js';
import { freePort } from '../../../test/rig/processes.js';
import { startSmallCenter, type SmallCenter } from '../../../test/rig/small-center.js';
import { plainCall } from '../../../test/rig/plain-call.js';
import plugin from '../index.js';

const log = { info: () => {}, warn: () => {} };
let centers: SmallCenter[];
let haproxy: PlainHaproxy;
let port: number;
let action: Action;

beforeAll(async () => {
  const well = { status: 200, takesMs: 0 };
  centers = [await startSmallCenter('a', well), await startSmallCenter('b', well)];
  port = await freePort();
  haproxy = await startPlainHaproxy(
    (folder) => `
defaults
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
listen centers
  bind 127.0.0.1:${port}
  use-server %[req.hdr(x-env),map(${folder}/colours.map)] if { req.hdr(x-env),map(${folder}/colours.map) -m found }
  server a ${centers[0]!.address}
  server b ${centers[1]!.address}
`,
    { 'colours.map': '' },
  );
  const maps = { colours: `${haproxy.folder}/colours.map`, gone: '/etc/haproxy/gone.map' };
  const endpoints = { other: haproxy.socket };
  action = plugin.instantiate({ endpoint: haproxy.socket, endpoints, maps }, log).provided.actions!['haproxy-map']!;
});
afterAll(async () => {
  await haproxy?.stop();
  for (const center of centers) center.stop();
});
beforeEach(async () => {
  await map('clear map');
  await haproxy.tell('set server centers/b state drain');
});

const map = (verb: string, rest = '') => haproxy.tell(`${verb} ${haproxy.folder}/colours.map ${rest}`.trim());
const on = { map: 'colours', key: 'canary', value: 'b' };
const off = { ...on, value: null };

/** Which centre answers a request, with or without the colour. */
const answers = (colour?: string) =>
  new Promise((resolve, reject) => {
    const headers = colour === undefined ? {} : { 'x-env': colour };
    request({ port, headers, agent: false }, (response) => {
      response.resume();
      resolve(response.headers['x-center']);
    })
      .on('error', reject)
      .end();
  });

describe('a canary by header', () => {
  it('sends what bears the colour to the new centre, although that takes nothing else yet, and then no more', async () => {
    const seen = async () => [await answers(), await answers('canary'), await answers('blue')];
    expect(await seen()).toEqual(['a', 'a', 'a']);
    await action.apply(plainCall(), on, { value: null });
    expect(await seen()).toEqual(['a', 'b', 'a']);
    await action.revert(plainCall(), on, { value: null });
    expect(await seen()).toEqual(['a', 'a', 'a']);
  });

  it.each([
    ['reaches a server that is ready with weight 0', 'state ready; set server centers/b weight 0', 'b'],
    ['does not reach one in maint: then the others answer', 'state maint', 'a'],
  ])('%s', async (_, command, center) => {
    await haproxy.tell(`set server centers/b ${command}`);
    await action.apply(plainCall(), on, { value: null });
    expect([await answers(), await answers('canary')]).toEqual(['a', center]);
    await haproxy.tell('set server centers/b weight 1');
  });

  it('is planned to go off again before it is on', async () => {
    const first = await action.plan(plainCall(), on);
    expect(first.changes).toEqual([
      { resource: 'haproxy-map/colours/canary', attribute: 'value', from: null, to: 'b' },
    ]);
    const earlier = first.changes;
    expect(await action.check(plainCall(), off)).toMatchObject({ needed: false });
    expect(await action.check(plainCall({ earlier }), off)).toEqual({ needed: true });
    const last = await action.plan(plainCall({ earlier }), off);
    expect(last).toMatchObject({ summary: 'canary in map colours: b -> not there', before: { value: 'b' } });
    await action.apply(plainCall(), on, first.before);
    await action.apply(plainCall(), off, last.before);
    expect(await map('show map')).toBe('');
    await action.revert(plainCall(), off, last.before);
    expect(await map('show map')).toMatch(/^0x\w+ canary b$/);
    await action.revert(plainCall(), on, first.before);
    expect(await map('show map')).toBe('');
  });

  it('takes the same map at another HAProxy for another one', async () => {
    const earlier = (await action.plan(plainCall(), on)).changes;
    expect(await action.check(plainCall({ earlier }), { ...off, endpoint: 'other' })).toMatchObject({ needed: false });
  });

  it('sees the need for nothing when it is so already', async () => {
    await map('add map', 'canary b');
    expect(await action.check(plainCall(), on)).toEqual({
      needed: false,
      because: 'canary in map colours is b already',
    });
  });
});

describe('what others do', () => {
  it('is not overruled when somebody added the key', async () => {
    await map('add map', 'canary a');
    await expect(action.apply(plainCall(), on, { value: null })).rejects.toMatchObject({
      code: 'changed-meanwhile',
      again: false,
      message: 'canary in map colours is a, neither not there nor b: somebody changed it meanwhile',
    });
    await expect(action.revert(plainCall(), on, { value: null })).rejects.toMatchObject({ code: 'changed-meanwhile' });
    expect(await map('show map')).toContain('canary a');
  });

  it('is not overruled when the key is there several times', async () => {
    await map('add map', 'canary a');
    await map('add map', 'canary b');
    await expect(action.apply(plainCall(), on, { value: null })).rejects.toThrow(
      /^canary is 2 times in .*colours.map at .* \(a, b\): leave one$/,
    );
  });

  it('is not overruled when the key goes away between the look and the write', async () => {
    await map('add map', 'canary b');
    const fence = async () => void (await map('del map', 'canary'));
    await expect(action.apply(plainCall({ fence }), off, { value: 'b' })).rejects.toMatchObject({
      code: 'changed-meanwhile',
    });
  });

  it('is seen right after the write', async () => {
    const fence = async () => void (await map('add map', 'canary a'));
    await expect(action.apply(plainCall({ fence }), on, { value: null })).rejects.toMatchObject({
      code: 'ambiguous-key',
    });
  });
});

describe('what cannot be planned', () => {
  it('is a value that could not be written back', async () => {
    await map('add map', 'canary a\\ b');
    await expect(action.plan(plainCall(), on)).rejects.toMatchObject({ code: 'not-understood', again: false });
  });

  it('is a map that HAProxy does not use', async () => {
    const unknown = { ...on, map: 'gone' };
    await expect(action.check(plainCall(), unknown)).rejects.toMatchObject({ code: 'unknown-name', again: false });
  });

  it.each(['colours.map', '/etc/a b', '/etc/a;b', '/etc/a\nb', '#0'])('is a map file named %j', (file) => {
    expect(() => plugin.instantiate({ endpoint: 'h:1', maps: { colours: file } }, log)).toThrow();
  });

  it('is a map without any HAProxy', () => {
    expect(() => plugin.instantiate({ maps: { colours: '/etc/colours.map' } }, log)).toThrow(/at least one system/);
  });
});
