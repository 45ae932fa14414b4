import { request } from 'node:http';
import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../src/config.js';
import { proxySchema } from '../../src/config/access/proxy.js';
import { startApi, type ApiApp } from './api-app.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const OWN = 'http://localhost:9700';
const PROXY = '10.0.0.7';
const SUBJECT = 'CN=alertmanager,O=Example';

const SETTINGS: z.input<typeof proxySchema> = {
  addresses: ['10.0.0.0/24', '2001:db8::7'],
  user: 'X-Auth-User',
  email: 'X-Auth-Email',
  groups: 'X-Auth-Groups',
  certificate: { header: 'X-Client-Subject', subjects: { [SUBJECT]: 'source', 'CN=nobody': 'gone' } },
};

type Headers = Record<string, string | string[]>;

describe('proxies in front', () => {
  let api: ApiApp;
  beforeAll(async () => {
    const grants = [{ roles: ['operator'], groups: ['sre'], people: [], runbooks: ['*'], targets: ['*'] }];
    api = await startApi({ access: { proxy: proxySchema.parse(SETTINGS), grants } });
  });
  afterAll(() => api.close());

  const pause = async (from: string, headers: Headers, on = api): Promise<Answer> =>
    answerOf(
      await on.fastify.inject({
        method: 'POST',
        url: '/api/v1/pauses',
        remoteAddress: from,
        headers: { origin: OWN, ...headers, 'content-type': 'application/json' },
        payload: '{"scope":"all","reason":"x"}',
      }),
    );
  const SRE = { 'x-auth-user': 'ada', 'x-auth-groups': 'dev, sre' };

  it.each([PROXY, `::ffff:${PROXY}`, '2001:db8::7'])('the proxy at %s says who somebody is', async (from) => {
    const { status, json } = await pause(from, SRE);
    expect([status, json['by']]).toEqual([201, 'proxy:ada']);
    expect((await pause(from, { ...SRE, 'x-auth-email': 'Ada@Example.org' })).json['by']).toBe('ada@example.org');
    expect((await pause(from, { 'x-auth-user': 'ada' })).status).toBe(403);
  });

  it.each(['10.0.1.7', '::ffff:10.0.1.7', '127.0.0.1', '2001:db8::8'])(
    'S4: from %s the same headers prove nothing, whatever else comes with them',
    async (from) => {
      const spoofed = { 'x-forwarded-for': PROXY, 'x-real-ip': PROXY, forwarded: `for=${PROXY}` };
      for (const headers of [SRE, { ...SRE, ...spoofed }, { 'x-client-subject': SUBJECT, ...spoofed }])
        expect((await pause(from, headers)).status).toBe(401);
    },
  );

  it('S4: headers that the settings do not name prove nothing, also from the proxy', async () => {
    for (const name of ['x-grafana-user', 'x-forwarded-user', 'x-remote-user', 'remote-user', 'x-webauth-user'])
      expect((await pause(PROXY, { [name]: 'admin' })).status).toBe(401);
  });

  it('S4: a header that comes twice is refused: the second may be somebody else’s', async () => {
    expect((await pause(PROXY, { ...SRE, 'x-auth-user': ['ada', 'admin'] })).status).toBe(401);
    expect((await pause(PROXY, { ...SRE, 'x-auth-groups': ['dev', 'sre'] })).status).toBe(401);
    expect((await pause(PROXY, { 'x-client-subject': [SUBJECT, SUBJECT] })).status).toBe(401);
  });

  it('S4: over a real connection, too', async () => {
    const loopback = await startApi({
      access: { proxy: proxySchema.parse({ ...SETTINGS, addresses: ['127.0.0.1'] }) },
    });
    await loopback.nest.listen(0, '127.0.0.1');
    const port = Number(new URL(await loopback.nest.getUrl()).port);
    const ask = (headers: Headers) => statusOf(port, headers);
    expect(await ask({ 'x-auth-email': 'a@b.c', 'x-auth-user': 'ada' })).toBe(403);
    expect(await ask({ 'x-auth-user': ['ada', 'admin'] })).toBe(401);
    expect(await ask({ 'X-AUTH-USER': ['ada', 'ada'] })).toBe(401);
    expect(await ask({})).toBe(401);
    await loopback.close();
  });

  it.each([
    ['too long', 'x'.repeat(201)],
    ['with a control character', 'ada\u0085'],
  ])('a user that is %s is refused', async (_what, user) => {
    expect((await pause(PROXY, { ...SRE, 'x-auth-user': user })).status).toBe(401);
  });

  it('S11: a command must say from which page it comes: the browser’s login at the proxy is sent by itself', async () => {
    const send = async (origin?: string) =>
      answerOf(
        await api.fastify.inject({
          method: 'POST',
          url: '/api/v1/pauses',
          remoteAddress: PROXY,
          headers: { ...SRE, ...(origin === undefined ? {} : { origin }), 'content-type': 'application/json' },
          payload: '{"scope":"all","reason":"x"}',
        }),
      );
    expect([(await send()).status, (await send('https://evil.test')).status, (await send(OWN)).status]).toEqual([
      403, 403, 201,
    ]);
  });

  it('the subject of a checked certificate stands for a token, whole and as it is written', async () => {
    const alert = (subject: string, from = PROXY) =>
      api.fastify.inject({
        method: 'POST',
        url: '/api/v1/alert/trigger',
        remoteAddress: from,
        headers: { 'x-client-subject': subject, 'content-type': 'application/json' },
        payload: '{"version":"4","status":"firing","groupKey":"x","receiver":"x","alerts":[]}',
      });
    expect((await alert(SUBJECT)).statusCode).toBeLessThan(300);
    for (const subject of ['CN=alertmanager', `${SUBJECT},OU=x`, SUBJECT.toLowerCase(), 'CN=nobody', '__proto__'])
      expect((await alert(subject)).statusCode).toBe(401);
    expect((await alert(SUBJECT, '10.0.1.7')).statusCode).toBe(401);
    expect((await pause(PROXY, { 'x-client-subject': SUBJECT })).status).toBe(403);
  });

  it('a token says more than a proxy, and a wrong one is not made good by it', async () => {
    const both = await pause(PROXY, { ...SRE, authorization: 'Bearer the-secret-token-of-admin' });
    expect([both.status, both.json['by']]).toEqual([201, 'admin']);
    expect((await pause(PROXY, { ...SRE, authorization: 'Bearer wrong' })).status).toBe(401);
  });

  it.each([
    ['what the proxy says', PROXY, '203.0.113.9', '203.0.113.9'],
    ['the last that no proxy has said', PROXY, '1.1.1.1, 203.0.113.9, 10.0.0.8', '203.0.113.9'],
    ['nothing that is no address', PROXY, 'nonsense\u00e9', PROXY],
    ['S4: who is connected, when that is no proxy', '198.51.100.4', '203.0.113.9', '198.51.100.4'],
  ])('the audit has the address: %s', async (_what, from, forwarded, expected) => {
    const authorization = 'Bearer the-secret-token-of-operator';
    expect((await pause(from, { 'x-forwarded-for': forwarded, authorization })).status).toBe(201);
    const { items } = (await api.send('GET', '/api/v1/audit', 'viewer')).json;
    expect(JSON.stringify(items.at(-1) ?? items)).toContain(`token:operator by token from ${expected}`);
  });
});

describe('how proxies are configured', () => {
  it.each([
    [{ addresses: [] }],
    [{ addresses: ['0.0.0.0/0'] }],
    [{ addresses: ['::/0'] }],
    [{ addresses: ['10.0.0.0/33'] }],
    [{ addresses: ['::ffff:10.0.0.7'] }],
    [{ addresses: ['proxy.example'] }],
    [{ user: 'Cookie' }],
    [{ user: 'x y' }],
  ])('%j is refused', (wrong) => expect(proxySchema.safeParse({ ...SETTINGS, ...wrong }).success).toBe(false));

  it('a subject that stands for no token keeps the service from starting, and is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'firebreak-proxy-'));
    const proxy = `proxy: { addresses: [10.0.0.7], certificate: { header: x-s, subjects: { "CN=a": alerts, "CN=b": gone } } }`;
    writeFileSync(
      join(folder, 'firebreak.yaml'),
      `tokens:\n  - { name: alerts, sha256: ${'ab'.repeat(32)}, roles: [source] }\naccess:\n  ${proxy}\n`,
    );
    const loaded = loadConfig({}, folder);
    rmSync(folder, { recursive: true });
    expect(loaded.ok ? [] : loaded.problems).toEqual([expect.stringMatching(/"gone" is none of the tokens/)]);
  });
});

interface Answer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

function answerOf({ statusCode, payload }: LightMyRequestResponse): Answer {
  return { status: statusCode, json: z.record(z.string(), z.unknown()).parse(JSON.parse(payload)) };
}

function statusOf(port: number, headers: Headers): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path: '/api/v1/executions', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asking.on('error', reject).end();
  });
}
