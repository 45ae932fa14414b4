import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashOfSecret } from '../../src/access/tokens/token-secret.js';
import { webhookBody } from '../rig/alert-bodies.js';
import { startApi, type ApiApp } from './api-app.js';

const NOW = Date.parse('2026-11-01T12:00:00Z');
const ROUTE = '/api/v1/alert/trigger';
const [SECRET, NEXT, LAST] = [
  'the-secret-of-the-sender',
  'the-next-secret-of-the-sender',
  'the-last-secret-of-the-sender',
];

const basic = (name: string, secret: string): string => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
const labels = { alertname: 'CenterDown', service: 'shop', runbook: 'careful' };
const body = webhookBody([{ labels, startsAt: NOW - 1_000 }]);

describe('alerts with tokens', () => {
  let api: ApiApp;
  let port: number;
  beforeAll(async () => {
    api = await startApi({
      tokens: [
        { name: 'sender', roles: ['source'], sha256: [hashOfSecret(NEXT), hashOfSecret(SECRET)] },
        { name: 'gone', roles: ['source'], sha256: hashOfSecret('the-secret-of-who-is-gone'), until: NOW - 1 },
        { name: 'reader', roles: ['viewer'], sha256: hashOfSecret('the-secret-of-a-reader') },
      ],
    });
    await api.nest.listen(0, '127.0.0.1');
    port = Number(new URL(await api.nest.getUrl()).port);
  });
  afterAll(() => api.close());

  const send = (headers: Record<string, string>, url = ROUTE, text = body) =>
    api.send('POST', url, undefined, text, headers);
  const kept = async () => (await api.send('GET', '/api/v1/decisions', undefined, undefined, reader)).json.items.length;
  const reader = { authorization: 'Bearer the-secret-of-a-reader' };
  async function counted(): Promise<number> {
    const { text } = await api.send('GET', '/metrics');
    const lines = text.split('\n').filter((line) => line.startsWith('firebreak_requests_refused_total{'));
    const line = lines.find((one) => one.includes('"unauthenticated"') && one.includes(`"${ROUTE}"`)) ?? ' 0';
    return Number(line.split(' ').at(-1));
  }

  describe('S1: what does not count is answered alike, counted, and nothing of it is stored', () => {
    let before: { kept: number; counted: number };
    beforeEach(async () => (before = { kept: await kept(), counted: await counted() }));

    it.each<[what: string, headers: Record<string, string>, url?: string, text?: string]>([
      ['no token', {}],
      ['a wrong one', { authorization: 'Bearer the-secret-of-nobody' }],
      ['one that was rotated out', { authorization: `Bearer ${LAST}` }],
      ['one that has ended', { authorization: 'Bearer the-secret-of-who-is-gone' }],
      ['its hash', { authorization: `Bearer ${hashOfSecret(SECRET)}` }],
      ['one in the query', {}, `${ROUTE}?token=${SECRET}&access_token=${SECRET}`],
      ['one in a cookie', { cookie: `token=${SECRET}`, origin: 'http://localhost:9700' }],
      ['one in another header', { 'x-api-key': SECRET, 'proxy-authorization': `Bearer ${SECRET}` }],
      ['one in the body', {}, ROUTE, JSON.stringify({ token: SECRET, authorization: `Bearer ${SECRET}` })],
      ['a wrong password', { authorization: basic('sender', 'wrong') }],
      ['the password of another name', { authorization: basic('reader', SECRET) }],
      ['a password without a name', { authorization: basic('', SECRET) }],
      ['a password of one that was rotated out', { authorization: basic('sender', LAST) }],
    ])('%s', async (_what, headers, url, text) => {
      const { status, headers: answered, json } = await send(headers, url, text);
      const { requestId, ...problem } = json;
      expect([status, problem]).toEqual([
        401,
        {
          type: '/api/docs#error-unauthenticated',
          title: 'Who are you?',
          status: 401,
          detail: 'this needs a login or a token that Firebreak knows',
          code: 'unauthenticated',
        },
      ]);
      expect(requestId).toBeDefined();
      expect(answered['www-authenticate']).toBe('Bearer realm="firebreak"');
      expect({ kept: await kept(), counted: await counted() }).toEqual({ ...before, counted: before.counted + 1 });
    });

    it('is said in the log once, with the address that sends, and not again with each', () => {
      const said = api.log.filter(({ level, message }) => level === 'warn' && message.startsWith('alerts are refused'));
      expect(said.map(({ fields }) => fields)).toEqual([{ error: 'unauthenticated, from 127.0.0.1' }]);
    });

    it('two headers at once, of which one is right', async () => {
      const status = await new Promise((resolve, reject) => {
        const headers = [
          ['authorization', `Bearer ${SECRET}`],
          ['authorization', 'Bearer wrong'],
          ['host', 'localhost'],
          ['content-type', 'application/json'],
        ].flat();
        const asking = request({ host: '127.0.0.1', port, path: ROUTE, method: 'POST', headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        asking.on('error', reject).end(body);
      });
      expect(status).toBe(401);
      expect(await kept()).toBe(before.kept);
    });
  });

  it.each([
    ['the new secret', `Bearer ${NEXT}`],
    ['the old one while it is rotated', `Bearer ${SECRET}`],
    ['a password, as Alertmanager sends it', basic('sender', SECRET)],
  ])('are taken with %s', async (_what, authorization) => {
    const before = await kept();
    expect((await send({ authorization })).status).toBe(202);
    expect(await kept()).toBeGreaterThan(before);
  });

  it('are refused from a token that has another role, which is known and not let', async () => {
    expect((await send(reader)).json.code).toBe('forbidden');
  });

  it('are all that their token is for', async () => {
    const headers = { authorization: `Bearer ${SECRET}` };
    expect((await api.send('GET', '/api/v1/executions', undefined, undefined, headers)).status).toBe(403);
    expect((await api.send('POST', '/api/v1/pauses', undefined, { scope: 'all', reason: 'x' }, headers)).status).toBe(
      403,
    );
  });

  it('are counted by the place of the secret, so that it is seen when nobody uses the old one any more', async () => {
    const { text } = await api.send('GET', '/metrics');
    for (const secret of [1, 2])
      expect(text).toMatch(new RegExp(`firebreak_token_uses_total{[^}]*token="sender",secret="${secret}"[^}]*} [1-9]`));
  });
});
