import { request } from 'node:http';
import { Controller, Get, Post } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PUBLIC_ROUTES } from '../../src/access/public-routes.js';
import { ROLES, type Role } from '../../src/access/roles.js';
import { routesOf } from '../../src/http/route-table.js';
import { startApi, type ApiApp } from './api-app.js';

/** Which roles each route answers to; a route that is not named here fails the test below. */
const READ: readonly Role[] = ['viewer', 'operator', 'approver', 'admin'];
const OPERATE: readonly Role[] = ['operator', 'approver', 'admin'];
const DECIDE: readonly Role[] = ['approver', 'admin'];
const SEND: readonly Role[] = ['source', 'admin'];

const EXPECTED: Readonly<Record<string, readonly Role[] | 'everybody'>> = {
  'POST /api/v1/alert/trigger': SEND,
  'POST /api/v2/alerts': SEND,
  'GET /api/v1/executions': READ,
  'GET /api/v1/executions/:id': READ,
  'GET /api/v1/executions/:id/journal': READ,
  'GET /api/v1/executions/:id/stream': READ,
  'GET /api/v1/executions/:id/export': READ,
  'POST /api/v1/executions/:id/approve': DECIDE,
  'POST /api/v1/executions/:id/reject': DECIDE,
  'POST /api/v1/executions/:id/cancel': OPERATE,
  'POST /api/v1/executions/:id/revert': DECIDE,
  'POST /api/v1/executions/:id/retry': DECIDE,
  'POST /api/v1/executions/:id/accept': DECIDE,
  'POST /api/v1/executions/:id/take': OPERATE,
  'GET /api/v1/messages': READ,
  'GET /api/v1/leases': READ,
  'GET /api/v1/runbooks': READ,
  'GET /api/v1/runbooks/:name': READ,
  'GET /api/v1/runbooks/:name/scorecard': READ,
  'POST /api/v1/runbooks/:name/trust': DECIDE,
  'POST /api/v1/runbooks/:name/executions': OPERATE,
  'GET /api/v1/plugins': READ,
  'GET /api/v1/decisions': READ,
  'GET /api/v1/audit': READ,
  'GET /api/v1/why/:id': READ,
  'GET /api/v1/pauses': READ,
  'POST /api/v1/pauses': OPERATE,
  'DELETE /api/v1/pauses/:id': OPERATE,
  'GET /api/v1/storms': READ,
  'DELETE /api/v1/storms/:key': OPERATE,
  'GET /api/v1/centers': READ,
  'POST /api/v1/centers/:id/serving': OPERATE,
  'GET /api/v1/topology': READ,
  'GET /api/v1/drills': READ,
  'POST /api/v1/drills': DECIDE,
  'POST /api/v1/simulations': OPERATE,
  'GET /prometheus/api/v1/query': READ,
  'POST /prometheus/api/v1/query': READ,
  'GET /prometheus/api/v1/query_range': READ,
  'POST /prometheus/api/v1/query_range': READ,
  'GET /prometheus/api/v1/series': READ,
  'POST /prometheus/api/v1/series': READ,
  'GET /prometheus/api/v1/labels': READ,
  'POST /prometheus/api/v1/labels': READ,
  'GET /prometheus/api/v1/label/:name/values': READ,
  'GET /prometheus/api/v1/metadata': READ,
  'GET /prometheus/api/v1/status/buildinfo': READ,
  'GET /prometheus/api/v1/query_exemplars': READ,
  'POST /prometheus/api/v1/query_exemplars': READ,
  'GET /prometheus/api/v1/rules': READ,
  'GET /prometheus/api/v1/alerts': READ,
  'GET /api/openapi.json': READ,
  'GET /api/docs': READ,
  'POST /-/reload': OPERATE,
  'POST /slack/interactions': READ,
  'GET /-/healthy': 'everybody',
  'GET /-/ready': 'everybody',
  'GET /metrics': 'everybody',
  'GET /assets/:file': 'everybody',
  'GET /login': 'everybody',
  'GET /login/oidc': 'everybody',
  'GET /login/oidc/callback': 'everybody',
  'POST /login/local': 'everybody',
  'GET /logged-out': 'everybody',
  // whoever has no role must be able to leave, too
  'POST /logout': ROLES,
  'POST /logout/everywhere': ROLES,
  'GET /account': ROLES,
  'GET /': READ,
  'GET /pauses': READ,
  'POST /pauses': OPERATE,
  'POST /pauses/:id/lift': OPERATE,
  'POST /pauses/storms/end': OPERATE,
  'GET /centers': READ,
  'POST /centers/:id/serving': OPERATE,
  'GET /plugins': READ,
  'GET /settings': OPERATE,
  'GET /executions/:id': READ,
  'GET /executions/:id/approve': READ,
  'POST /executions/:id/approve': DECIDE,
  'POST /executions/:id/reject': DECIDE,
  'POST /executions/:id/cancel': OPERATE,
  'POST /executions/:id/revert': DECIDE,
  'POST /executions/:id/retry': DECIDE,
  'POST /executions/:id/accept': DECIDE,
  'POST /executions/:id/take': OPERATE,
  'GET /live': READ,
  'GET /executions': READ,
  'GET /alerts': READ,
  'GET /alerts/ask': READ,
  'GET /alerts/:fingerprint': READ,
  'GET /runbooks': READ,
  'GET /runbooks/:name': READ,
  'POST /runbooks/:name/try': OPERATE,
  'POST /runbooks/:name/start': OPERATE,
  'POST /runbooks/:name/trust': DECIDE,
  'GET /audit': READ,
  'GET /audit/verify': READ,
  'GET /audit/export': READ,
};

function statusOf(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asking.on('error', reject).end();
  });
}

// a stream would not end by itself, so it is asked for what it does not know
const asked = (url: string): string =>
  url
    .replace(':file', 'console.css')
    .replace(/^\/live$/, '/live?nothing=1')
    .replaceAll(/:\w+/g, 'nothing');

describe('access', () => {
  let api: ApiApp;
  let port: number;
  beforeAll(async () => {
    api = await startApi();
    await api.nest.listen(0, '127.0.0.1');
    port = Number(new URL(await api.nest.getUrl()).port);
  });
  afterAll(() => api.close());

  it('S3: every registered route is in the table above, and HEAD stands wherever GET does', () => {
    const registered = routesOf(api.fastify).map(({ method, url }) => `${method} ${url}`);
    const heads = Object.keys(EXPECTED)
      .filter((route) => route.startsWith('GET '))
      .map((route) => route.replace('GET', 'HEAD'));
    expect(new Set(registered)).toEqual(new Set([...Object.keys(EXPECTED), ...heads]));
  });

  it('S3: the public routes are the ones of the list', () => {
    const open = Object.entries(EXPECTED).flatMap(([route, who]) => (who === 'everybody' ? [route] : []));
    expect(new Set(open)).toEqual(new Set(PUBLIC_ROUTES));
  });

  describe.each(Object.entries(EXPECTED))('%s', (route, who) => {
    const [method, url] = route.split(' ') as ['GET' | 'POST' | 'DELETE', string];

    it(`S1: answers ${who === 'everybody' ? '' : 'not '}without a token`, async () => {
      const { status, json } = await api.send(method, asked(url));
      if (who === 'everybody') expect([401, 403, 404]).not.toContain(status);
      else expect([status, json.code]).toEqual([401, 'unauthenticated']);
    });

    it.each(ROLES)('answers to the role %s as the table says', async (role) => {
      const { status, json } = await api.send(method, asked(url), role);
      if (who === 'everybody' || who.includes(role)) expect(json.code).not.toBe('forbidden');
      else expect([status, json.code]).toEqual([403, 'forbidden']);
    });
  });

  it.each([
    ['none', {}],
    ['a wrong one', { authorization: 'Bearer wrong' }],
    ['an empty one', { authorization: 'Bearer ' }],
    [
      'one as the password of somebody else',
      { authorization: `Basic ${Buffer.from('viewer:the-secret-token-of-admin').toString('base64')}` },
    ],
    ['two', { authorization: 'Bearer the-secret-token-of-admin the-secret-token-of-admin' }],
    ['a cookie', { cookie: 'token=the-secret-token-of-admin' }],
    ['another header', { 'x-api-key': 'the-secret-token-of-admin' }],
  ])('S1: %s is no token', async (_what, headers) => {
    const { status, headers: answered } = await api.send('GET', '/api/v1/executions', undefined, undefined, headers);
    expect(status).toBe(401);
    expect(answered['www-authenticate']).toMatch(/^Bearer/);
  });

  it.each(['token', 'access_token', 'authorization'])('S1: a token in the query (%s) is none', async (name) => {
    expect((await api.send('GET', `/api/v1/executions?${name}=the-secret-token-of-admin`)).status).toBe(401);
  });

  it.each([
    '//api/v1/executions',
    '/api//v1/executions',
    '/api/v1/executions/',
    '/api/v1/executions;x=/-/healthy',
    '/api/v1/executions%2f',
    '/api/v1/%65xecutions',
    '/api/v1/executions/../../../-/healthy',
    '/api/v1/executions/%2e%2e/%2e%2e/-/healthy',
    '/api/v1/executions/-/healthy',
    '/api/v1/executions?/-/healthy',
    '/API/V1/EXECUTIONS',
    '/metrics/../api/v1/executions',
    '/-/healthy/api/v1/executions',
    '/nothing',
  ])('S3: %s is no way around the guard', async (url) => {
    // over a real connection: other clients tidy a path up before they send it
    expect(await statusOf(port, url)).toBe(401);
  });

  it('S3: a path that cannot be read is no way either', async () => {
    const { status, json } = await api.send('GET', '/api/%zz');
    expect([status, json.code]).toEqual([404, 'not-found']);
  });

  it.each(['HEAD', 'OPTIONS', 'TRACE', 'PUT', 'PATCH', 'DELETE'] as const)(
    'S3: %s needs a token, too',
    async (method) => {
      expect((await api.send(method, '/api/v1/executions')).status).toBe(401);
      expect((await api.send(method, '/api/v1/executions/x/approve')).status).toBe(401);
    },
  );

  it('S3: GET, HEAD and OPTIONS of a command execute nothing', async () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS'] as const) {
      const { status, headers } = await api.send(
        method,
        '/api/v1/runbooks/quick/executions?label.service=shop',
        'admin',
      );
      expect([status, headers.allow]).toEqual([405, 'POST']);
    }
    expect((await api.send('GET', '/api/v1/executions', 'viewer')).json.items).toEqual([]);
  });

  it('S4: headers that a proxy would set prove nothing', async () => {
    const headers = {
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-user': 'admin',
      'x-grafana-user': 'admin',
      'x-forwarded-host': 'localhost',
    };
    expect((await api.send('GET', '/api/v1/executions', undefined, undefined, headers)).status).toBe(401);
  });

  it('S2: the body of a stranger is not read', async () => {
    const { status } = await api.send('POST', '/api/v1/alert/trigger', undefined, 'x'.repeat(17 * 1024 * 1024));
    expect(status).toBe(401);
  });
});

@Controller('forgotten')
class Forgotten {
  called = 0;

  @Get()
  read(): number {
    return ++this.called;
  }

  @Get('-/healthy')
  endsLikeAPublicOne(): number {
    return ++this.called;
  }

  @Post('healthy')
  write(): number {
    return ++this.called;
  }
}

it('S3: a handler that somebody forgot to mark answers to nobody, also without tokens', async () => {
  for (const tokens of [{}, { tokens: [] }]) {
    const api = await startApi({ ...tokens, controllers: [Forgotten] });
    for (const [method, url] of [
      ['GET', '/forgotten'],
      ['HEAD', '/forgotten'],
      ['POST', '/forgotten/healthy'],
    ] as const) {
      expect((await api.send(method, url, 'admin')).status).toBe(403);
    }
    expect((await api.send('GET', '/forgotten/-/healthy')).status).toBeGreaterThanOrEqual(401);
    expect(api.nest.get(Forgotten).called).toBe(0);
    await api.close();
  }
});

describe('access without tokens', () => {
  let api: ApiApp;
  beforeAll(async () => (api = await startApi({ tokens: [] })));
  afterAll(() => api.close());

  it('everybody on this machine is "local" and may do everything', async () => {
    const { status, json } = await api.send('POST', '/api/v1/pauses', undefined, { scope: 'all', reason: 'a test' });
    expect([status, json.by]).toEqual([201, 'local']);
  });

  it.each([
    'http://evil.example',
    'null',
    'http://localhost.evil.example:9700',
    'http://localhost:9701',
    'https://localhost:9700',
  ])('S11: a page of %s may not act', async (origin) => {
    const { status, headers } = await api.send(
      'POST',
      '/api/v1/pauses',
      undefined,
      { scope: 'all', reason: 'x' },
      { origin },
    );
    expect(status).toBe(403);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it.each(['http://localhost:9700', 'http://127.0.0.1:9700'])('a page of %s may', async (origin) => {
    expect(
      (await api.send('POST', '/api/v1/pauses', undefined, { scope: 'all', reason: 'x' }, { origin })).status,
    ).toBe(201);
  });

  it('S11: a name of somebody else that leads here is refused, also for reading', async () => {
    expect(
      (await api.send('GET', '/api/v1/executions', undefined, undefined, { host: 'evil.example:9700' })).status,
    ).toBe(403);
  });
});
