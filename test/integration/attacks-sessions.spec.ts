import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { somebody, secretOf } from '../e2e/execution-kit.js';
import { csrfOf, Visitor } from '../rig/visitor.js';
import { waitFor } from '../rig/wait-for.js';
import { NIGHT, NIGHT_PASSWORD, startLogin, type LoginApp } from './login-kit.js';

const COOKIE = '__Host-firebreak';
const MINUTE = 60_000;

async function logIn(app: LoginApp, visitor = new Visitor(), next = '/'): Promise<Visitor> {
  await visitor.post(`${app.origin}/login/local`, { name: 'night', password: NIGHT_PASSWORD, next });
  return visitor;
}

const idOf = (app: LoginApp, visitor: Visitor): string => visitor.cookie(app.origin, COOKIE) ?? '';

describe('what goes on after the right to it has ended', () => {
  let app: LoginApp;
  const stop = new AbortController();
  beforeEach(async () => {
    const until = Date.parse('2026-11-01T12:10:00Z');
    const tokens = [{ ...somebody('vic', 'viewer'), until }, somebody('olga', 'operator')];
    app = await startLogin(() => ({ local: [NIGHT] }), { tokens });
  });
  afterAll(() => stop.abort());
  afterEach(() => app.close());

  /** Reads for as long as it goes on. */
  async function reading(path: string, headers: Record<string, string>): Promise<() => boolean> {
    const answer = await fetch(app.origin + path, { headers, signal: stop.signal });
    expect(answer.status).toBe(200);
    let ended = false;
    const read = async (): Promise<void> => {
      for await (const chunk of answer.body ?? []) expect(chunk).toBeDefined();
    };
    void read()
      .catch(() => undefined)
      .finally(() => (ended = true));
    return () => ended;
  }

  async function anExecution(): Promise<string> {
    const headers = { authorization: `Bearer ${secretOf('olga')}` };
    const url = '/api/v1/runbooks/careful/executions?label.service=shop';
    const { json } = await app.api.send('POST', url, undefined, undefined, headers);
    await app.api.clock.pass(10);
    return json.id;
  }

  it.each([
    ['the page’s news', async () => '/live'],
    ['the journal', async () => `/api/v1/executions/${await anExecution()}/stream`],
  ])('S12: %s ends within a minute after a logout in another tab', async (_what, pathOf) => {
    const path = await pathOf();
    const visitor = await logIn(app);
    const ended = await reading(path, { cookie: `${COOKIE}=${idOf(app, visitor)}` });
    await app.api.clock.pass(5 * MINUTE);
    expect(ended()).toBe(false);
    const csrf = csrfOf((await visitor.get(`${app.origin}/account`)).text);
    await visitor.post(`${app.origin}/logout`, { _csrf: csrf });
    await app.api.clock.pass(MINUTE);
    await waitFor('the end of the stream', ended, 30_000);
  });

  it('S1: a stream ends within a minute after its token', async () => {
    const path = `/api/v1/executions/${await anExecution()}/stream`;
    const ended = await reading(path, { authorization: `Bearer ${secretOf('vic')}` });
    await app.api.clock.pass(9 * MINUTE);
    expect(ended()).toBe(false);
    await app.api.clock.pass(2 * MINUTE);
    await waitFor('the end of the stream', ended, 30_000);
  });
});

describe('a session', () => {
  let app: LoginApp;
  let victim: Visitor;
  beforeAll(async () => {
    app = await startLogin(() => ({ local: [NIGHT], rateLimit: { perMinute: 1_000_000 } }));
    victim = await logIn(app);
  });
  afterAll(() => app.close());

  const account = (cookie: string) =>
    app.api.send('GET', '/account', undefined, undefined, { cookie, accept: 'application/json' });

  it('S12: is begun under no id that the browser brings along, also one of the right form', async () => {
    const planted = 'f'.repeat(43);
    const visitor = new Visitor();
    visitor.setCookie(app.origin, COOKIE, planted);
    await app.api.clock.pass(MINUTE);
    await logIn(app, visitor);
    expect(idOf(app, visitor)).not.toBe(planted);
    expect((await account(`${COOKIE}=${planted}`)).status).toBe(401);
    expect((await account(`${COOKIE}=${idOf(app, visitor)}`)).status).toBe(200);
  });

  it('S12: a cookie of nearly the same name, in another case or place, is none', async () => {
    const id = idOf(app, victim);
    for (const name of ['firebreak', '__Secure-firebreak', '__host-firebreak', '__Host-firebreak2', '__Host-Firebreak'])
      expect((await account(`${name}=${id}`)).status, name).toBe(401);
    for (const url of [`/account?${COOKIE}=${id}`, `/account;${COOKIE}=${id}`])
      expect((await app.api.send('GET', url)).status, url).toBe(401);
  });

  it('S12: several, odd and huge cookies open nothing and harm nobody', async () => {
    const id = idOf(app, victim);
    const odd = [
      `${COOKIE}=; ${COOKIE}=`,
      `${COOKIE}=${'x'.repeat(43)}; ${COOKIE}=${'y'.repeat(43)}`,
      `${COOKIE}="${'x'.repeat(43)}"`,
      `${COOKIE}=%00%0d%0aSet-Cookie:a=b`,
      `${COOKIE}=%`,
      `${COOKIE}=${id.slice(0, 42)}`,
      `${COOKIE}=${id}${id}`,
      `${COOKIE}=../../${id}`,
      `${COOKIE}=__proto__`,
      `__proto__=x; constructor=y`,
      `${COOKIE}=${'x'.repeat(8_000)}`,
      Array.from({ length: 500 }, (_, i) => `c${i}=${i}`).join('; '),
      ';;;=;==;',
    ];
    for (const cookie of odd) {
      const { status, headers } = await account(cookie);
      expect([cookie.slice(0, 60), status, headers['set-cookie']]).toEqual([cookie.slice(0, 60), 401, undefined]);
    }
    // longer than Node reads at all
    const answer = await fetch(`${app.origin}/account`, { headers: { cookie: `a=${'x'.repeat(64_000)}` } });
    expect(answer.status).toBe(431);
    expect((await account(`${COOKIE}=${id}`)).status).toBe(200);
  });

  it('S12: of two of our cookies, one of which was tossed in, at most one counts, and never a third', async () => {
    const id = idOf(app, victim);
    const tossed = 'e'.repeat(43);
    for (const cookie of [`${COOKIE}=${id}; ${COOKIE}=${tossed}`, `${COOKIE}=${tossed}; ${COOKIE}=${id}`]) {
      const { status, text } = await account(cookie);
      expect([200, 401], text).toContain(status);
    }
  });

  const ELSEWHERE = [
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\u0000//evil.example',
    ' //evil.example',
    'https:evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    '/.//evil.example',
    '/..//evil.example',
    '/%2e%2e//evil.example',
    '/%5cevil.example',
    '/%2f%2fevil.example',
    '/／evil.example',
    '/。evil.example',
    '//evil。example',
    '@evil.example',
    '/@evil.example',
    '/login?next=//evil.example',
    `/${'x'.repeat(100_000)}`,
    '/\u202Egro.live//',
    '/a\r\nSet-Cookie: a=b',
    '[]',
    '/;@evil.example',
  ];

  it.each(ELSEWHERE)('S11: nobody is led elsewhere after the login: %j', async (next) => {
    for (const asked of [
      `/login?next=${encodeURIComponent(next)}`,
      `/login?next=/&next=${encodeURIComponent(next)}`,
      `/login?next[]=${encodeURIComponent(next)}`,
      `/login?next=${encodeURIComponent(encodeURIComponent(next))}`,
    ]) {
      const cookie = `${COOKIE}=${idOf(app, victim)}`;
      const { status, headers } = await app.api.send('GET', asked, undefined, undefined, { cookie });
      const to = String(headers['location']);
      if (status === 414 || status === 431) continue;
      expect(status, asked.slice(0, 80)).toBe(303);
      expect(new URL(to, app.origin).origin, to).toBe(app.origin);
      // as a proxy that unescapes once, or a browser that takes backslashes for slashes, would read it
      expect(to, asked).toMatch(/^\/(?![/\\])/);
      expect(to.length).toBeLessThan(2_000);
      expect(headers['set-cookie']).toBeUndefined();
    }
  });
});

describe('pages with what belongs to one person', () => {
  let app: LoginApp;
  let night: Visitor;
  beforeAll(async () => {
    app = await startLogin(() => ({ local: [NIGHT], rateLimit: { perMinute: 1_000_000 } }));
    night = await logIn(app);
  });
  afterAll(() => app.close());

  const PAGES = ['/', '/executions', '/alerts', '/runbooks', '/runbooks/careful', '/pauses', '/plugins', '/audit']
    .concat(['/audit/verify', '/settings', '/account', '/nothing', '/executions/nothing', '/runbooks/nothing'])
    .concat(['/logged-out', '/audit/export']);

  it.each(PAGES)('S11: %s is kept by no cache, and shown in no frame', async (path) => {
    const { headers, status } = await night.get(app.origin + path);
    expect(status).toBeLessThan(500);
    expect(String(headers['cache-control']), path).toMatch(/no-store/);
    expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff' });
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });

  it('what is the same for everybody is kept', async () => {
    const { headers } = await new Visitor().get(`${app.origin}/assets/console.css`);
    expect(String(headers['cache-control'])).toContain('immutable');
  });

  it('S11: what is refused, and the way to the login, are kept by no cache either', async () => {
    for (const path of ['/', '/executions', '/login']) {
      const { headers } = await new Visitor().get(app.origin + path);
      expect(String(headers['cache-control']), path).toMatch(/no-store/);
      expect(headers['x-frame-options'], path).toBe('DENY');
    }
  });

  it.each([
    '/api/v1/executions',
    '/api/v1/audit',
    '/api/v1/runbooks',
    '/api/v1/pauses',
    '/api/openapi.json',
    '/api/docs',
  ])('S11: %s is given to a person, and kept by no cache', async (path) => {
    const { headers, status } = await night.get(app.origin + path, { accept: 'application/json' });
    expect(status).toBe(200);
    expect(String(headers['cache-control']), path).toMatch(/no-store|private|no-cache/);
  });
});
