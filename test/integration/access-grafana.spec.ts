import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { grafanaSchema } from '../../src/config/access/grafana.js';
import { startGrafana, type RigGrafana, type RigSession } from '../rig/grafana.js';
import { startApi, tokenOf, type ApiApp } from './api-app.js';

const OWN = 'http://localhost:9700';
const START = '/api/v1/runbooks/careful/executions?label.service=shop&reason=by+a+button';

describe('people who are logged in to Grafana', () => {
  let grafana: RigGrafana;
  let api: ApiApp;
  const start = (settings: z.input<typeof grafanaSchema>): Promise<ApiApp> =>
    startApi({ access: { grafana: grafanaSchema.parse(settings) } });

  beforeAll(async () => {
    grafana = await startGrafana();
    api = await start({ url: grafana.url, origin: 'https://grafana.example', timeout: '1500ms', cacheFor: '0s' });
  });
  afterAll(async () => {
    await api.close();
    await grafana.close();
  });

  const read = (session: RigSession) =>
    api.send('GET', '/api/v1/executions', undefined, undefined, { cookie: grafana.cookie(session) });
  const act = (session: RigSession, headers: Record<string, string> = {}, url = START) =>
    api.send('POST', url, undefined, undefined, {
      cookie: grafana.cookie(session),
      origin: OWN,
      'x-grafana-action': '1',
      ...headers,
    });

  it('S12: a Viewer reads, and a Viewer who clicks is told that this needs another role', async () => {
    expect((await read('viewer')).status).toBe(200);
    const { status, json } = await act('viewer');
    expect([status, json.code]).toEqual([403, 'forbidden']);
    expect(json.detail).toBe('grafana:vera has no role that allows this: start');
  });

  it('an Editor starts, an Admin approves, and both stand by their accounts', async () => {
    const { status, json } = await act('editor');
    expect([status, json.requestedBy]).toEqual([202, 'grafana:edith']);
    await api.clock.pass(10);
    const url = `/api/v1/executions/${json.id}/approve`;
    expect((await act('editor', {}, url)).status).toBe(403);
    const { plan } = (await api.send('GET', `/api/v1/executions/${json.id}`, 'viewer')).json;
    const approved = await act('admin', {}, `${url}?digest=${plan.digest}`);
    expect([approved.status, JSON.stringify(approved.json)]).toEqual([200, expect.stringContaining('grafana:ada')]);
  });

  it('sends Grafana the cookie, and nothing else of the request', async () => {
    const before = grafana.seen.length;
    const headers = { cookie: `other=1; ${grafana.cookie('viewer')}; firebreak=2`, 'x-forwarded-for': '1.2.3.4' };
    await api.send('GET', '/api/v1/executions?secret=1', undefined, undefined, { ...headers, 'user-agent': 'me' });
    const asked = grafana.seen.slice(before);
    expect(asked.map(({ path }) => path)).toEqual(['/api/user', '/api/user/orgs']);
    for (const { headers: sent, query, body } of asked) {
      const { host, connection, ...others } = sent;
      expect(others).toEqual({ cookie: grafana.cookie('viewer'), accept: 'application/json' });
      expect([host, connection, query.size, body]).toEqual([new URL(grafana.url).host, 'keep-alive', 0, '']);
    }
  });

  it.each(['elsewhere', 'none'] as const)(
    'S12: a member of another organisation, or without a role: %s',
    async (who) => {
      const { status, json } = await read(who);
      expect([status, json.code]).toEqual([403, 'forbidden']);
    },
  );

  it('S12: a session that Grafana wants to renew, or does not know, is 401 with what to do', async () => {
    for (const cookie of [grafana.cookie('rotated'), 'grafana_session=made-up']) {
      const { status, json } = await api.send('GET', '/api/v1/executions', undefined, undefined, { cookie });
      expect([status, json.code]).toEqual([401, 'unauthenticated']);
      expect(json.detail).toMatch(/refresh the dashboard/);
    }
  });

  it.each(['slow', 'broken', 'rubbish', 'page', 'redirected', 'huge', 'half', 'dropped'] as const)(
    'a Grafana that is away (%s) is 503, lets nobody in, and keeps tokens working',
    async (session) => {
      const { status, json, headers } = await read(session);
      expect([status, json.code, headers['retry-after']]).toEqual([503, 'identity-unavailable', '1']);
      expect(json.detail).toMatch(/^Grafana (?:answered|did not answer in time|can't be reached)/);
      expect(json.detail).not.toContain(new URL(grafana.url).host);
      expect((await api.send('GET', '/api/v1/executions', 'viewer')).status).toBe(200);
    },
  );

  it('a Grafana that is not there is 503, too', async () => {
    const gone = await startGrafana();
    await gone.close();
    const alone = await start({ url: gone.url });
    const { status, json } = await alone.send('GET', '/api/v1/executions', undefined, undefined, {
      cookie: gone.cookie('admin'),
    });
    expect([status, json.detail]).toEqual([503, expect.stringContaining("can't be reached: ECONNREFUSED")]);
    await alone.close();
  });

  it.each([
    ['twice', 'grafana_session=a; grafana_session=b'],
    ['empty', 'grafana_session='],
    ['with a space', 'grafana_session=a b'],
    ['too long', `grafana_session=${'a'.repeat(513)}`],
  ])('a cookie that is %s is 401, and Grafana is not asked', async (_what, cookie) => {
    const before = grafana.seen.length;
    expect((await api.send('GET', '/api/v1/executions', undefined, undefined, { cookie })).status).toBe(401);
    expect(grafana.seen.length).toBe(before);
  });

  it('S11: a command with this cookie alone is refused: it needs X-Grafana-Action, or the token of a form', async () => {
    const { cookie } = { cookie: grafana.cookie('admin') };
    const send = (headers: Record<string, string>) =>
      api.send('POST', '/api/v1/pauses', undefined, { scope: 'all', reason: 'x' }, { cookie, ...headers });
    expect((await send({ origin: OWN })).status).toBe(403);
    expect((await send({})).status).toBe(403);
    expect((await send({ 'x-grafana-action': '1' })).status).toBe(403);
    expect((await send({ origin: OWN, 'x-csrf-token': 'guessed' })).status).toBe(403);
    expect((await api.send('GET', '/api/v1/pauses', 'viewer')).json.items).toEqual([]);
    expect((await send({ origin: OWN, 'x-grafana-action': '1' })).status).toBe(201);
  });

  it.each<readonly [what: string, method: 'GET' | 'HEAD' | 'POST', headers: Record<string, string>, status: number]>([
    ['a page of another origin, which lies about it', 'POST', { 'sec-fetch-site': 'cross-site' }, 403],
    ["a page of a neighbour's name", 'POST', { 'sec-fetch-site': 'same-site' }, 403],
    ['two origins', 'POST', { origin: `${OWN}, https://evil.test` }, 403],
    ['a form', 'POST', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['plain text', 'POST', { 'content-type': 'text/plain' }, 415],
    ['a link', 'GET', {}, 405],
    ['a link that calls itself a command', 'GET', { 'x-http-method-override': 'POST' }, 405],
    ['a look', 'HEAD', {}, 405],
    ["a viewer's token beside it", 'POST', { authorization: `Bearer ${tokenOf('viewer')}` }, 403],
    ['nobody’s token beside it', 'POST', { authorization: 'Bearer x' }, 401],
    ['the session of somebody else beside it', 'POST', { cookie: 'grafana_session=a; grafana_session=b' }, 401],
    ['no session, but a name', 'POST', { cookie: '', 'x-grafana-user': 'ada', 'x-webauth-user': 'ada' }, 401],
  ])('S11, S12: an Admin’s session starts nothing through %s', async (_what, method, headers, status) => {
    const count = async (): Promise<number> =>
      (await api.send('GET', '/api/v1/executions?limit=500', 'viewer')).json.items.length;
    const before = await count();
    const all = { cookie: grafana.cookie('admin'), origin: OWN, 'x-grafana-action': '1', ...headers };
    const body = method === 'POST' ? '{}' : undefined;
    expect((await api.send(method, START.replace('shop', 'pay'), undefined, body, all)).status).toBe(status);
    expect(await count()).toBe(before);
  });

  it('the console gives its forms a token that counts for this session alone', async () => {
    const page = async (session: RigSession) =>
      (await api.send('GET', '/', undefined, undefined, { cookie: grafana.cookie(session) })).text;
    const [, token = ''] = /"_csrf" value="([\w-]{20,})"/.exec(await page('admin')) ?? [];
    const send = (session: RigSession) =>
      api.send(
        'POST',
        '/api/v1/pauses',
        undefined,
        { scope: 'all', reason: 'x' },
        { cookie: grafana.cookie(session), origin: OWN, 'x-csrf-token': token },
      );
    expect(token).not.toBe('');
    expect((await send('editor')).status).toBe(403);
    expect((await send('admin')).status).toBe(201);
  });

  it('a button on a dashboard of the configured origin may act, one of another may not', async () => {
    expect((await act('viewer', { origin: 'https://grafana.example' })).json.detail).toContain('grafana:vera');
    for (const origin of ['https://grafana.example.evil.test', 'http://grafana.example', 'null'])
      expect((await act('editor', { origin })).json.detail).toMatch(/^a page of another origin may not do this/);
  });

  it('Grafana is asked once for what comes at the same time and within the time of the cache', async () => {
    const cached = await start({ url: grafana.url });
    const before = grafana.seen.length;
    const ask = () =>
      cached.send('GET', '/api/v1/executions', undefined, undefined, { cookie: grafana.cookie('editor') });
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await ask();
    expect(grafana.seen.length - before).toBe(2);
    await cached.clock.pass(30_000);
    await ask();
    expect(grafana.seen.length - before).toBe(4);
    await cached.close();
  });

  it('S18: neither the log nor an answer shows a session', async () => {
    const session = grafana.cookie('admin').split('=')[1] ?? 'none';
    const { text } = await act('admin', { origin: 'null' });
    expect(JSON.stringify(api.log) + text + (await read('broken')).text).not.toContain(session.slice(0, 20));
  });
});

describe('how Grafana can be configured', () => {
  it('roles, organisation, cookie, sub-path and addresses are as firebreak.yaml says', async () => {
    const grafana = await startGrafana('my_session', '/grafana');
    const api = await startApi({
      access: {
        grafana: grafanaSchema.parse({
          url: `${grafana.url}/`,
          cookie: 'my_session',
          organization: 2,
          trustEmail: true,
          roles: { Admin: ['operator'], Viewer: [] },
        }),
      },
    });
    const send = (session: RigSession) =>
      api.send('POST', START, undefined, undefined, {
        cookie: grafana.cookie(session),
        origin: OWN,
        'x-grafana-action': '1',
      });
    const { status, json } = await send('elsewhere');
    expect([status, json.requestedBy]).toEqual([202, 'ella@example.org']);
    expect((await send('admin')).json.detail).toMatch(/^ada@example\.org has no role/);
    expect((await send('viewer')).json.detail).toBe("vera is no member of Grafana's organisation 2");
    await api.close();
    await grafana.close();
  });

  it('without it a session of Grafana is nothing', async () => {
    const api = await startApi();
    const headers = { cookie: 'grafana_session=5e3f', origin: OWN, 'x-grafana-action': '1' };
    const { status, json } = await api.send('POST', START, undefined, undefined, headers);
    expect([status, json.detail]).toEqual([401, 'this needs a login or a token that Firebreak knows']);
    await api.close();
  });

  it.each([
    [{ url: 'ftp://grafana' }],
    [{ url: 'http://user:word@grafana' }],
    [{ url: 'http://grafana', origin: 'https://grafana.example/dashboards' }],
    [{ url: 'http://grafana', roles: { Editor: ['aprover'] } }],
    [{ url: 'http://grafana', roles: { Owner: ['viewer'] } }],
    [{ url: 'http://grafana', cacheFor: '10m' }],
    [{ url: 'http://grafana', cookie: 'a=b' }],
  ])('%j is refused', (settings) => expect(grafanaSchema.safeParse(settings).success).toBe(false));
});
