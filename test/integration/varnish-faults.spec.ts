import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import plugin from '../../plugins/evict-stale-cache/index.js';
import { configSchema } from '../../plugins/evict-stale-cache/systems.js';
import { VarnishCaches } from '../../plugins/evict-stale-cache/varnish/caches.js';
import type { Json } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import { startMiddle, type Meddlings, type Middle } from '../rig/middle.js';
import { plainCall } from '../rig/plain-call.js';
import { freePort } from '../rig/processes.js';
import { startVarnish, type RigVarnish } from '../rig/varnish.js';

const log = { info: () => {}, warn: () => {} };
const SECRET = 'canary-0c77';
const byTag = (tag: string) => ({ cache: 'web', ban: 'tag', where: { tag } });
const byPage = (url: string, host = 'www.test') => ({ cache: 'web', ban: 'page', where: { host, url } });
let varnish: RigVarnish;
let middle: Middle;

beforeAll(async () => {
  varnish = await startVarnish(`${SECRET}\n`);
  middle = await startMiddle(varnish.admin);
});
afterAll(async () => {
  await middle?.stop();
  await varnish?.stop();
});
beforeEach(async () => {
  middle.meddle({});
  await varnish.tell('ban req.url ~ .');
  await varnish.get('/kept');
});

const section = (address: string, secret = SECRET) => ({
  varnish: {
    timeout: '400ms',
    caches: {
      web: {
        servers: { a: address },
        secret,
        bans: {
          tag: { tag: { of: 'obj.http.x-tag', match: 'word' } },
          page: { host: 'req.http.host', url: 'req.url' },
        },
      },
    },
  },
});
const actionAt = (address: string, secret = SECRET): Action =>
  plugin.instantiate(section(address, secret), log).provided.actions!['varnish']!;
const ours = () => actionAt(`127.0.0.1:${middle.port}`);

async function evict(params: Json): Promise<void> {
  const { before } = await ours().plan(plainCall(), params);
  await ours().apply(plainCall(), params, before);
  expect(await ours().verify(plainCall(), params, before)).toEqual({ took: true });
}

/** Asks twice, so that the page is there. */
async function warm(path: string, host?: string): Promise<void> {
  await varnish.get(path, host);
  expect(await varnish.get(path, host)).toBe('hit');
}

describe('what users get', () => {
  it('after a ban of a tag is new for the pages with that tag, and as before for all others', async () => {
    const pages = ['/1?tag=p.1', '/2?tag=a,p.1', '/3?tag=p.1,b', '/4?tag=p.12', '/5?tag=pX1', '/6?tag=', '/7?tag=P.1'];
    for (const page of pages) await warm(page);
    await evict(byTag('p.1'));
    const seen = [];
    for (const page of pages) seen.push(await varnish.get(page));
    expect(seen).toEqual(['miss', 'miss', 'miss', 'hit', 'hit', 'hit', 'hit']);
  });

  it('after a ban of one page is new for exactly this page of this host', async () => {
    const pages = [['/a?x=1'], ['/a?x=12'], ['/a'], ['/a?x=1', 'other.test']] as const;
    for (const [page, host] of pages) await warm(page, host);
    await evict(byPage('/a?x=1'));
    const seen = [];
    for (const [page, host] of pages) seen.push(await varnish.get(page, host));
    expect(seen).toEqual(['miss', 'hit', 'hit', 'hit']);
  });

  it.each(['.*', '.', '(.*)', '*', '[a-z]+', 'a|b', '$'])('S6: after a ban of the tag %s is as before', async (tag) => {
    await warm('/all?tag=a');
    if (ours().params.safeParse(byTag(tag)).success) await evict(byTag(tag));
    expect(await varnish.get('/all?tag=a')).toBe('hit');
  });

  it('is fetched once after a ban, and not again because the step is tried twice', async () => {
    await warm('/once?tag=once');
    const { before } = await ours().plan(plainCall(), byTag('once'));
    const was = varnish.fetched();
    for (const epoch of [1, 2]) {
      await ours().apply(plainCall({ epoch }), byTag('once'), before);
      await varnish.get('/once?tag=once');
    }
    expect(varnish.fetched() - was).toBe(1);
  });
});

describe('what an approver reads', () => {
  it('is the ban as Varnish will list it, and when it was last made', async () => {
    const first = await ours().plan(plainCall(), byPage('/a'));
    const ban = 'req.http.host == www.test && req.url == /a';
    expect(first).toMatchObject({
      summary: 'evict everything with host www.test and url /a from Varnish web (ban page)',
      changes: [{ resource: 'varnish/web/a', attribute: `banned: ${ban}`, from: null, to: 'now' }],
      before: { newest: { a: null } },
    });
    await ours().apply(plainCall(), byPage('/a'), first.before);
    const second = await ours().plan(plainCall(), byPage('/a'));
    expect(second.changes[0]?.from).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect((await varnish.bans())[0]).toContain(ban);
  });

  it('counts a ban that somebody else made since as this one', async () => {
    const { before } = await ours().plan(plainCall(), byPage('/b'));
    await varnish.tell('ban req.http.host == www.test && req.url == /b');
    const made = (await varnish.bans()).length;
    await ours().apply(plainCall(), byPage('/b'), before);
    expect((await varnish.bans()).length).toBe(made);
    expect(await ours().verify(plainCall(), byPage('/b'), before)).toEqual({ took: true });
  });

  it('cannot be taken back', async () => {
    const { before } = await ours().plan(plainCall(), byPage('/c'));
    expect(ours().reversible).toBe(false);
    await expect(ours().revert(plainCall(), byPage('/c'), before)).rejects.toMatchObject({
      code: 'not-reversible',
      again: false,
    });
  });
});

describe('a server that does not do as it should', () => {
  const says = (text: string): Meddlings => ({ answer: () => Buffer.from(text) });
  it.each([
    ['swallows what it is asked', { request: () => undefined }, 'timed-out', true],
    ['stops in the middle of an answer', { answer: (piece: Buffer) => piece.subarray(0, 20) }, 'timed-out', true],
    ['is no Varnish', says('HTTP/1.1 400 Bad Request\r\n\r\n'), 'not-understood', false],
    ['says too much', says('200 99999999\n'), 'not-understood', false],
    ['says something odd', says('300 5       \nnever\n'), 'refused-by-target', false],
    ['closes the door', says('500 3       \nbye\n'), 'refused-by-target', false],
  ] as const)('because it %s: %s', async (_, meddling, code, again) => {
    const { before } = await ours().plan(plainCall(), byPage('/d'));
    const made = (await varnish.bans()).length;
    middle.meddle(meddling);
    const begun = performance.now();
    await expect(ours().check(plainCall(), byPage('/d'))).rejects.toMatchObject({ code, again });
    await expect(ours().apply(plainCall(), byPage('/d'), before)).rejects.toMatchObject({ code });
    await expect(ours().verify(plainCall(), byPage('/d'), before)).rejects.toMatchObject({ code });
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect((await varnish.bans()).length).toBe(made);
  });

  it('I4: because it bans and does not say so: verify finds it, and nothing is done twice', async () => {
    const { before } = await ours().plan(plainCall(), byPage('/e'));
    const made = (await varnish.bans()).length;
    let banned = false;
    middle.meddle({
      request: (piece) => ((banned ||= piece.toString().startsWith('ban req')), piece),
      answer: (piece) => (banned ? undefined : piece),
    });
    await expect(ours().apply(plainCall(), byPage('/e'), before)).rejects.toMatchObject({ code: 'timed-out' });
    middle.meddle({});
    expect(await ours().verify(plainCall(), byPage('/e'), before)).toEqual({ took: true });
    await ours().apply(plainCall({ epoch: 2 }), byPage('/e'), before);
    expect((await varnish.bans()).length).toBe(made + 1);
  });

  it('because it is away', async () => {
    await expect(actionAt(`127.0.0.1:${await freePort()}`).check(plainCall(), byPage('/f'))).rejects.toMatchObject({
      code: 'target-unreachable',
      again: true,
      message: "varnish web/a can't be reached: ECONNREFUSED",
    });
  });

  it('S18: because it wants another secret, and ours is not seen', async () => {
    const error: unknown = await actionAt(varnish.admin, 'canary-other')
      .check(plainCall(), byPage('/g'))
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'refused-by-target', again: false });
    expect(String(error)).toContain('varnish web/a refuses the secret: configure what the file given to varnishd');
    expect(String(error)).not.toContain('canary');
    const asked: string[] = [];
    middle.meddle({ request: (piece) => (asked.push(piece.toString()), piece) });
    await ours().check(plainCall(), byPage('/g'));
    expect(asked.join('')).not.toContain(SECRET);
  });

  it('because its child does not run', async () => {
    await varnish.tell('stop');
    await expect(ours().check(plainCall(), byPage('/h'))).rejects.toMatchObject({ code: 'target-failed', again: true });
    await varnish.tell('start');
  });
});

it('nothing but bans and looks at bans is ever sent', async () => {
  const asked: string[] = [];
  middle.meddle({ request: (piece) => (asked.push(piece.toString()), piece) });
  await evict(byTag('x'));
  const verbs = new Set(asked.flatMap((text) => text.trim().split('\n')).map((line) => line.split(' ', 1)[0]));
  expect(verbs).toEqual(new Set(['auth', 'ban', 'ban.list']));
});

describe('the configuration', () => {
  it('S6: makes no ban of less than all of its fields, whoever asks', () => {
    const caches = new VarnishCaches(configSchema.parse(section('h:1')).varnish);
    expect(caches.conditions(byPage('/a'))).toHaveLength(2);
    for (const wrong of [{ where: { host: 'www.test' } }, { where: {} }, { ban: 'toString' }]) {
      expect(() => caches.conditions({ ...byPage('/a'), ...wrong })).toThrow(
        /has no ban .* with these fields any more$/,
      );
    }
  });

  const withBan = (ban: Json) => {
    const { varnish: one } = section('h:1');
    return { varnish: { caches: { web: { ...one.caches.web, bans: { it: ban } } } } };
  };
  it.each([
    {},
    { all: 'req.http.host' },
    { url: { of: 'req.url', match: 'word' } },
    { url: 'req.http.cookie' },
    { url: 'obj.http.X-Tag' },
    { url: 'obj.status' },
    { url: 'obj.http.x ~ . && obj.http.y' },
  ])('%j is no ban', (ban) => {
    expect(() => plugin.instantiate(withBan(z.json().parse(ban)), log)).toThrow();
  });
});
