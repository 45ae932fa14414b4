import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jwtSchema } from '../../src/config/access/jwt.js';
import { startStandIn, type StandIn, type StandInAnswer } from '../rig/stand-in.js';
import { startApi, type ApiApp } from './api-app.js';

const ISSUER = 'https://grafana.example/';
const AUDIENCE = 'org:1';
const KID = 'key-1';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

describe('signed tokens in a header', () => {
  let issuer: StandIn;
  let own: Pair;
  let other: Pair;
  let api: ApiApp;
  let answer: StandInAnswer;
  let published: StandInAnswer;

  const start = (more: Partial<z.input<typeof jwtSchema>> = {}): Promise<ApiApp> =>
    startApi({
      access: {
        jwt: jwtSchema.parse({
          issuer: ISSUER,
          audience: AUDIENCE,
          jwksUrl: `${issuer.url}/api/signing-keys/keys`,
          roles: { Admin: ['approver'], Viewer: ['viewer'] },
          ...more,
        }),
      },
    });
  beforeAll(async () => {
    [own, other] = await Promise.all([
      generateKeyPair('ES256', { extractable: true }),
      generateKeyPair('ES256', { extractable: true }),
    ]);
    const keys = [{ ...(await exportJWK(own.publicKey)), kid: KID, alg: 'ES256', use: 'sig' }];
    published = { status: 200, text: JSON.stringify({ keys }) };
    issuer = await startStandIn(() => answer);
  });
  beforeEach(async () => {
    answer = published;
    await api?.close();
    api = await start();
  });
  afterAll(async () => {
    await api?.close();
    await issuer?.close();
  });

  const seconds = (): number => api.clock.now() / 1_000;
  const claims = (): JWTPayload => ({
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'user:7',
    role: 'Viewer',
    email: 'Ada@example.org',
    iat: seconds(),
    exp: seconds() + 600,
  });
  const sign = (payload: JWTPayload, key = own.privateKey, header: object = {}): Promise<string> =>
    new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: KID, typ: 'jwt', ...header }).sign(key);
  const show = (token: string, header = 'x-grafana-id') =>
    api.send('POST', '/api/v1/pauses', undefined, { scope: 'all', reason: 'x' }, { [header]: token });
  const read = (token: string) =>
    api.send('GET', '/api/v1/executions', undefined, undefined, { 'x-grafana-id': token });

  it('say who somebody is, and by the table what they may do', async () => {
    const token = await sign(claims());
    expect((await read(token)).status).toBe(200);
    const { status, json } = await show(token);
    expect([status, json.detail]).toEqual([403, 'jwt:user:7 has no role that allows this: pause']);
    const admin = await show(await sign({ ...claims(), role: ['Editor', 'Admin'], email_verified: true }));
    expect([admin.status, admin.json.by]).toEqual([201, 'ada@example.org']);
  });

  it('a role that is not in the table, or is called like a property of every object, gives nothing', async () => {
    for (const role of ['admin', 'approver', '__proto__', 'constructor', 7, null])
      expect((await read(await sign({ ...claims(), role }))).status).toBe(403);
  });

  it.each<[string, () => Promise<string> | string]>([
    ['expired', () => sign({ ...claims(), exp: seconds() - 6 })],
    ['without an end', () => sign({ iss: ISSUER, aud: AUDIENCE, sub: 'user:7', role: 'Viewer' })],
    ['not yet valid', () => sign({ ...claims(), nbf: seconds() + 6 })],
    ['for another audience', () => sign({ ...claims(), aud: 'org:2' })],
    ['of another issuer', () => sign({ ...claims(), iss: 'https://grafana.example.evil.test/' })],
    ['without a subject', () => sign({ ...claims(), sub: '' })],
    ['signed with another key', () => sign(claims(), other.privateKey)],
    ['signed with a key that nobody knows', () => sign(claims(), other.privateKey, { kid: 'key-2' })],
    ['of alg none', () => new UnsecuredJWT(claims()).encode()],
    [
      'with a critical header that is not understood',
      () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: 'ES256', kid: KID, crit: ['x'], x: 1 })
          .sign(own.privateKey, { crit: { x: true } }),
    ],
    ['cut in half', async () => (await sign(claims())).slice(0, 80)],
    ['two', async () => `${await sign(claims())}, ${await sign(claims())}`],
    ['empty', () => ''],
    ['no token', () => 'admin'],
    ['huge', () => sign({ ...claims(), more: 'x'.repeat(9_000) })],
  ])('S12: one that is %s is 401', async (_what, make) => {
    const { status, json } = await read(await make());
    expect([status, json.code]).toEqual([401, 'unauthenticated']);
  });

  it('S12: one whose words were changed after signing is 401', async () => {
    const [head, , signature] = (await sign(claims())).split('.');
    const words = Buffer.from(JSON.stringify({ ...claims(), role: 'Admin' })).toString('base64url');
    expect((await read(`${head}.${words}.${signature}`)).status).toBe(401);
  });

  it('S12: one of HS256 made with the public key, which everybody has, is 401', async () => {
    const [pem, jwk] = [await exportSPKI(own.publicKey), JSON.stringify(await exportJWK(own.publicKey))];
    for (const secret of [pem, pem.trim(), jwk]) {
      const token = await new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', kid: KID })
        .sign(new TextEncoder().encode(secret));
      expect((await read(token)).status).toBe(401);
    }
  });

  it('S12: a key or an address of keys that the token brings along is not looked at', async () => {
    const before = issuer.seen.length;
    const jwk = await exportJWK(other.publicKey);
    for (const header of [{ jwk }, { jku: `${issuer.url}/mine` }, { x5u: `${issuer.url}/mine` }])
      expect((await read(await sign(claims(), other.privateKey, header))).status).toBe(401);
    expect(issuer.seen.slice(before).map(({ path }) => path)).toEqual(['/api/signing-keys/keys']);
  });

  it('S4: the same token in another header is nothing', async () => {
    expect((await show(await sign({ ...claims(), role: 'Admin' }), 'x-grafana-user')).status).toBe(401);
  });

  it('an address that nobody has checked names nobody', async () => {
    expect((await show(await sign({ ...claims(), email_verified: 'true' }))).json.detail).toMatch(/^jwt:user:7 /);
    await api.close();
    api = await start({ trustEmail: true, claims: { name: 'login' } });
    expect((await show(await sign({ ...claims(), login: 'ada' }))).json.detail).toMatch(/^ada@example\.org /);
    expect((await show(await sign(claims()))).status).toBe(401);
  });

  it('the keys are fetched once, and made-up key ids are no flood of the issuer', async () => {
    const before = issuer.seen.length;
    const made = await Promise.all([1, 2, 3, 4].map((i) => sign(claims(), other.privateKey, { kid: `made-up-${i}` })));
    const answers = await Promise.all([sign(claims()), ...made].map(async (token) => read(await token)));
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 401, 401, 401]);
    expect(issuer.seen.length - before).toBe(1);
  });

  it.each<[string, StandInAnswer]>([
    ['broken', { status: 500, text: 'no' }],
    ['elsewhere', { status: 302, headers: { location: '/mine' }, text: '' }],
    ['rubbish', { status: 200, text: '<!doctype html>' }],
    ['no keys', { status: 200, text: '{"keys":1}' }],
    ['huge', { status: 200, text: `{"keys":[],"more":"${'x'.repeat(300_000)}"}` }],
    ['away', 'dropped'],
  ])('S12: keys that cannot be had (%s) are 503, never a way in, and are asked for again', async (_what, broken) => {
    answer = broken;
    const token = await sign(claims());
    const before = issuer.seen.length;
    for (let i = 0; i < 2; i++) {
      const { status, json } = await read(token);
      expect([status, json.code]).toEqual([503, 'identity-unavailable']);
      expect(json.detail).not.toContain(String(issuer.port));
    }
    expect((await api.send('GET', '/api/v1/executions', 'viewer')).status).toBe(200);
    answer = published;
    await api.clock.pass(1_000);
    expect((await read(token)).status).toBe(200);
    expect(issuer.seen.length - before).toBeLessThan(5);
  });
});

it.each([
  [{ algorithms: ['HS256'] }],
  [{ algorithms: ['none'] }],
  [{ algorithms: [] }],
  [{ jwksUrl: 'http://grafana.example/keys' }],
  [{ jwksUrl: 'file:///etc/passwd' }],
  [{ header: 'Authorization' }],
  [{ header: 'cookie' }],
  [{ audience: [] }],
  [{ issuer: '' }],
  [{ roles: { Admin: ['aprover'] } }],
])('a configuration with %j is refused', (wrong) => {
  const right = { issuer: ISSUER, audience: AUDIENCE, jwksUrl: 'http://127.0.0.1:3000/keys' };
  expect(jwtSchema.safeParse(right).success).toBe(true);
  expect(jwtSchema.safeParse({ ...right, ...wrong }).success).toBe(false);
});
