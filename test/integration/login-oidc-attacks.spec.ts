import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oidcSchema } from '../../src/config/access/oidc.js';
import { startFalseOidc, type FalseOidc, type Twist } from '../rig/false-oidc.js';
import { Visitor } from '../rig/visitor.js';
import { startLogin, type LoginApp } from './login-kit.js';

const HOUR_S = 3_600;

const TWISTS: readonly (readonly [string, Twist])[] = [
  ['no signature (alg: none)', ({ unsigned, claims }) => unsigned(claims)],
  ['a forged signature', ({ forge, claims }) => forge(claims)],
  ['the public key taken for a shared secret', ({ confuse, claims }) => confuse(claims)],
  ['a key that the provider does not name', ({ sign, claims }) => sign(claims, { kid: 'k2' })],
  ['another audience', ({ sign, claims }) => sign({ ...claims, aud: 'grafana' })],
  [
    'several audiences, and made for another of them',
    ({ sign, claims }) => sign({ ...claims, aud: ['firebreak', 'x'], azp: 'x' }),
  ],
  ['an end that has passed', ({ sign, claims }) => sign({ ...claims, iat: 1_000_000, exp: 1_000_300 })],
  ['no end', ({ sign, claims: { exp: _exp, ...claims } }) => sign(claims)],
  [
    'a beginning that is to come',
    ({ sign, claims }) => sign({ ...claims, nbf: Math.floor(Date.now() / 1000) + HOUR_S }),
  ],
  ['another nonce', ({ sign, claims }) => sign({ ...claims, nonce: 'of-another-login' })],
  ['no nonce', ({ sign, claims: { nonce: _nonce, ...claims } }) => sign(claims)],
  ['another issuer', ({ sign, claims }) => sign({ ...claims, iss: 'https://accounts.example.org' })],
  ['no subject', ({ sign, claims: { sub: _sub, ...claims } }) => sign(claims)],
  ['an empty subject', ({ sign, claims }) => sign({ ...claims, sub: '' })],
  ['something that is no token', () => 'not.a.token'],
];

describe('an ID token', () => {
  let oidc: FalseOidc;
  let app: LoginApp;
  beforeAll(async () => {
    oidc = await startFalseOidc('firebreak');
    const settings = { issuer: oidc.issuer, clientId: 'firebreak', clientSecret: 'the-secret-of-the-client' };
    app = await startLogin(() => ({ oidc: oidcSchema.parse(settings) }));
  });
  afterAll(async () => {
    await app?.close();
    await oidc?.stop();
  });

  const logIn = async (twist: Twist) => {
    oidc.twist = twist;
    const visitor = new Visitor();
    const sent = await visitor.get(`${app.origin}/login/oidc`);
    const back = await visitor.get(sent.location ?? '');
    return { visitor, answer: await visitor.get(back.location ?? '') };
  };

  it('that is as it should be lets somebody in', async () => {
    const { visitor, answer } = await logIn(({ sign, claims }) => sign(claims));
    expect(answer.status).toBe(303);
    expect(visitor.cookie(app.origin, '__Host-firebreak')).toBeDefined();
    expect((await visitor.get(`${app.origin}/account`)).text).toContain('oidc:mallory');
  });

  it.each(TWISTS)('S12: with %s lets nobody in', async (_what, twist) => {
    const { visitor, answer } = await logIn(twist);
    expect([answer.status, answer.text]).toEqual([401, expect.stringContaining('cannot be trusted')]);
    expect(visitor.cookie(app.origin, '__Host-firebreak')).toBeUndefined();
    expect((await visitor.get(`${app.origin}/account`)).location).toContain('/login');
  });

  it('S12: that is missing lets nobody in', async () => {
    const { visitor, answer } = await logIn(() => undefined);
    expect(answer.status).toBe(401);
    expect(visitor.cookie(app.origin, '__Host-firebreak')).toBeUndefined();
  });
});
