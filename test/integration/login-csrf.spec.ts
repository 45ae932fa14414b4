import { Body, Controller, Get, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { person } from '../../src/access/caller.js';
import { entriesOf } from '../../src/api/read-request.js';
import { Needs } from '../../src/access/needs.js';
import { csrfOf, Visitor } from '../rig/visitor.js';
import { NIGHT, NIGHT_PASSWORD, startLogin, type LoginApp } from './login-kit.js';
import { tokenOf } from './api-app.js';

/** A page of the console that notes what its handler saw. */
@Controller('noting')
class Noting {
  static readonly seen: { by: string; body: unknown }[] = [];

  @Post()
  @Needs('start')
  note(@Req() request: FastifyRequest, @Body() body: unknown): object {
    Noting.seen.push({ by: person(request).name, body });
    return {};
  }

  @Get()
  @Needs('start')
  look(): object {
    return {};
  }
}

@Controller('api/v1/noting')
class ApiNoting extends Noting {}

const FORM = 'application/x-www-form-urlencoded';

describe('what changes something', () => {
  let app: LoginApp;
  let night: Visitor;
  let csrf: string;
  beforeAll(async () => {
    app = await startLogin(() => ({ local: [NIGHT] }), { controllers: [Noting, ApiNoting] });
    night = new Visitor({ accept: 'application/json' });
    await night.post(`${app.origin}/login/local`, { name: 'night', password: NIGHT_PASSWORD });
    csrf = csrfOf((await night.get(`${app.origin}/account`, { accept: 'text/html' })).text);
  });
  beforeEach(() => void Noting.seen.splice(0));
  afterAll(() => app?.close());

  it('S11: is done with the token of the session, which no handler sees', async () => {
    const { status } = await night.post(`${app.origin}/noting`, { _csrf: csrf, reason: 'because', __proto__x: '1' });
    expect(status).toBe(201);
    expect(Noting.seen).toEqual([{ by: 'night', body: { reason: 'because', __proto__x: '1' } }]);
  });

  it.each([
    ['no token', (): Record<string, string> => ({})],
    ['an empty one', () => ({ _csrf: '' })],
    ['one of another session', () => ({ _csrf: 'a'.repeat(43) })],
    ['one that is a letter longer', () => ({ _csrf: `${csrf}a` })],
    ['one under another name', () => ({ csrf, _CSRF: csrf })],
  ])('S11: is not done with %s', async (_what, form) => {
    const { status, text } = await night.post(`${app.origin}/noting`, { ...form(), reason: 'because' });
    expect([status, text]).toEqual([403, expect.stringContaining('not sent by a page of this login')]);
    expect(Noting.seen).toEqual([]);
  });

  it('S11: is done under /api with the token in a header only', async () => {
    const id = night.cookie(app.origin, '__Host-firebreak') ?? '';
    const send = (headers: Record<string, string>) =>
      app.api.fastify.inject({
        method: 'POST',
        url: '/api/v1/noting',
        headers: {
          cookie: `__Host-firebreak=${id}`,
          'content-type': 'application/json',
          origin: app.origin,
          ...headers,
        },
        payload: JSON.stringify({ _csrf: csrf }),
      });
    expect((await send({})).statusCode).toBe(403);
    expect((await send({ 'x-csrf-token': 'wrong' })).statusCode).toBe(403);
    expect((await send({ 'x-csrf-token': csrf, origin: 'https://evil.example' })).statusCode).toBe(403);
    expect(Noting.seen).toEqual([]);
    expect((await send({ 'x-csrf-token': csrf })).statusCode).toBe(201);
  });

  it('S11: needs no such token with a bearer token, which no browser sends by itself', async () => {
    const headers = { authorization: `Bearer ${tokenOf('operator')}`, 'content-type': 'application/json' };
    const { statusCode } = await app.api.fastify.inject({ method: 'POST', url: '/noting', headers, payload: '{}' });
    expect(statusCode).toBe(201);
  });

  it('S3: reading needs no token', async () => {
    expect((await night.get(`${app.origin}/noting`)).status).toBe(200);
  });

  describe('as a form', () => {
    const send = (url: string, payload: string, headers: Record<string, string> = {}) =>
      app.api.fastify.inject({
        method: 'POST',
        url,
        headers: { authorization: `Bearer ${tokenOf('admin')}`, 'content-type': FORM, ...headers },
        payload,
      });

    it.each(['/api/v1/noting', '/api/v1/pauses', '/-/reload'])('S2: is not understood at %s', async (url) => {
      expect((await send(url, 'reason=x')).statusCode).toBe(415);
      expect(Noting.seen).toEqual([]);
    });

    it('S13: is texts under plain names, whatever the names', async () => {
      await send('/noting', '__proto__=1&constructor=2&a%5Bb%5D=3&a.b=4&toString=&x=%F0%9F%94%A5+%2B');
      const [{ body } = { body: undefined }] = Noting.seen;
      expect(entriesOf(body)).toEqual([
        ['__proto__', '1'],
        ['constructor', '2'],
        ['a[b]', '3'],
        ['a.b', '4'],
        ['toString', ''],
        ['x', '🔥 +'],
      ]);
      expect(({} as Record<string, unknown>)['1']).toBeUndefined();
    });

    it('S13: has no field twice', async () => {
      const { statusCode, json } = await send('/noting', 'target=a&target=b');
      expect([statusCode, json<{ detail: string }>().detail]).toEqual([400, 'the form has the field target twice']);
    });

    it('S2: is at most 64 KiB, and not packed', async () => {
      expect((await send('/noting', `a=${'x'.repeat(64 * 1024 - 2)}`)).statusCode).toBe(201);
      expect((await send('/noting', `a=${'x'.repeat(64 * 1024 - 1)}`)).statusCode).toBe(413);
      expect((await send('/noting', 'a=1', { 'content-encoding': 'gzip' })).statusCode).toBe(415);
    });

    it('S2: of other types is not understood', async () => {
      for (const type of ['multipart/form-data; boundary=x', 'text/plain', 'application/xml'])
        expect((await send('/noting', 'a=1', { 'content-type': type })).statusCode, type).toBe(415);
    });
  });
});
