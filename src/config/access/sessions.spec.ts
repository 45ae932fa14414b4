import { describe, expect, it } from 'vitest';
import { localSchema } from './local.js';
import { oidcSchema } from './oidc.js';
import { loginProblem, sessionsSchema } from './sessions.js';

describe('the address that people log in at', () => {
  it.each(['https://firebreak.example.org', 'http://localhost:9700', 'http://127.0.0.1:1', 'http://[::1]:1'])(
    'may be %s',
    (url) => expect(loginProblem({ oidc: {}, local: [{}] }, url)).toBeUndefined(),
  );

  it.each([
    'http://firebreak.example.org',
    'http://localhost.example.org',
    'http://10.0.0.1:9700',
    'http://127.evil.org',
  ])('may not be %s, where browsers would not keep the login', (url) => {
    expect(loginProblem({ oidc: {}, local: [] }, url)).toMatch(
      /^access\.oidc needs FIREBREAK_PUBLIC_URL .* it is http/,
    );
    expect(loginProblem({ local: [{}] }, url)).toMatch(/^access\.local needs/);
    expect(loginProblem({ oidc: {}, local: [{}] }, url)).toMatch(/^access\.oidc and access\.local needs?/);
    expect(loginProblem({ local: [] }, url)).toBeUndefined();
  });
});

describe('an identity provider', () => {
  const settings = { clientId: 'a', clientSecret: 'b' };

  it.each(['https://idp.example.org/realms/x', 'http://localhost:8080', 'http://127.0.0.1/realms/x'])(
    'may be at %s',
    (issuer) => expect(oidcSchema.safeParse({ ...settings, issuer }).success).toBe(true),
  );

  it.each(['http://idp.example.org', 'http://localhost.example.org', 'ftp://idp.example.org', 'idp.example.org', ''])(
    'S12: may not be at %j, where anybody on the way could be it',
    (issuer) => expect(oidcSchema.safeParse({ ...settings, issuer }).success).toBe(false),
  );
});

it('no two local accounts have one name, and each has a real hash', () => {
  const password = `scrypt$ln=15$r=8$p=3$${'a'.repeat(22)}$${'b'.repeat(43)}`;
  const night = { name: 'night', password, roles: ['admin'] };
  expect(localSchema.safeParse([night]).success).toBe(true);
  expect(localSchema.safeParse([night, night]).success).toBe(false);
  expect(localSchema.safeParse([{ ...night, password: 'scrypt$hunter2' }]).success).toBe(false);
});

it('a login lasts a month at most', () => {
  expect(sessionsSchema.parse(undefined)).toEqual({ idle: 8 * 3_600_000, most: 24 * 3_600_000 });
  expect(sessionsSchema.safeParse({ most: '31d' }).success).toBe(false);
});
