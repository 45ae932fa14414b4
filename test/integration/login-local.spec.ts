import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditFacts, NIGHT, NIGHT_PASSWORD, startLogin, type LoginApp } from './login-kit.js';
import { csrfOf, Visitor } from '../rig/visitor.js';

const MINUTE = 60_000;

describe('a local account', () => {
  let app: LoginApp;
  beforeEach(async () => {
    app = await startLogin(() => ({ local: [NIGHT] }));
  });
  afterEach(() => app.close());

  const logIn = (visitor: Visitor, name: string, password: string, next = '/') =>
    visitor.post(`${app.origin}/login/local`, { name, password, next });

  it('lets somebody in by name and password, who lands where they wanted to be', async () => {
    const night = new Visitor();
    const asked = await night.get(`${app.origin}/account`);
    const form = await night.get(asked.location ?? '');
    expect(form.text).toContain('name="next" value="/account"');
    for (const said of ['autocomplete="username"', 'autocomplete="current-password"', 'autofocus'])
      expect(form.text).toContain(said);
    const { status, location } = await logIn(night, 'night', NIGHT_PASSWORD, '/account');
    expect([status, location]).toEqual([303, `${app.origin}/account`]);
    const page = await night.get(`${app.origin}/account`);
    expect(page.text).toContain('local:night');
  });

  it('S18: leaves a line in the log, a record in the audit and a banner on each page, and its password nowhere', async () => {
    const night = new Visitor();
    await logIn(night, 'night', NIGHT_PASSWORD);
    const lines = app.api.log.filter(({ level }) => level === 'warn');
    expect(lines).toContainEqual({
      level: 'warn',
      fields: { account: 'local:night', person: 'night', from: '127.0.0.1' },
      message: 'a local account was used: somebody logged in by password',
    });
    expect(await auditFacts(app.api)).toContainEqual(
      expect.objectContaining({
        what: 'logged-in',
        of: 'local:night',
        by: 'night',
        from: 'local:night by password from 127.0.0.1',
      }),
    );
    for (const path of ['/', '/account'])
      expect((await night.get(app.origin + path)).text, path).toContain('You are logged in with local:night');
    expect(JSON.stringify(app.api.log)).not.toContain(NIGHT_PASSWORD);
  });

  it('S12: gives the same answer for a wrong password and for a name that nobody has', async () => {
    const [one, other] = [new Visitor(), new Visitor()];
    const wrong = await logIn(one, 'night', 'not the password');
    const nobody = await logIn(other, 'nobody', 'not the password');
    expect([wrong.status, nobody.status]).toEqual([401, 401]);
    expect(wrong.text.replaceAll('night', 'nobody')).toBe(nobody.text);
    expect(one.cookiesGiven.concat(other.cookiesGiven)).toEqual([]);
    const refused = app.api.log.filter(({ message }) => message === 'a login was refused');
    expect(refused.map(({ level, fields }) => [level, fields['account']])).toEqual([
      ['warn', 'local:night'],
      ['warn', 'unknown'],
    ]);
  });

  it.each(['', ' ', 'constructor', '__proto__', 'NIGHT', 'night '])('S12: is nobody else: %j', async (name) => {
    expect((await logIn(new Visitor(), name, NIGHT_PASSWORD)).status).toBe(401);
  });

  it('S1: takes five attempts a minute for a name, then none, also with the right password', async () => {
    for (let i = 0; i < 5; i++) expect((await logIn(new Visitor(), 'night', `wrong ${i}`)).status).toBe(401);
    const night = new Visitor();
    const { status, headers, text } = await logIn(night, 'night', NIGHT_PASSWORD);
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(text).toContain(`try again in ${String(headers['retry-after'])} seconds`);
    expect(night.cookiesGiven).toEqual([]);
    expect((await logIn(night, 'night', NIGHT_PASSWORD)).status).toBe(429);
    const told = app.api.log.filter(({ fields }) => fields['tooMany'] === true);
    expect(told, 'I15: told once a minute').toHaveLength(1);
    await app.api.clock.pass(MINUTE);
    expect((await logIn(night, 'night', NIGHT_PASSWORD)).status).toBe(303);
  });

  it('S1: takes five attempts a minute from an address, whatever the names', async () => {
    for (let i = 0; i < 5; i++) expect((await logIn(new Visitor(), `somebody-${i}`, 'wrong')).status).toBe(401);
    expect((await logIn(new Visitor(), 'night', NIGHT_PASSWORD)).status).toBe(429);
  });

  it('S18: a password in the field of the name is not in the log', async () => {
    await logIn(new Visitor(), NIGHT_PASSWORD, 'night');
    expect(JSON.stringify(app.api.log)).not.toContain(NIGHT_PASSWORD);
  });

  it('S13: takes no field that the form does not have', async () => {
    const answer = await new Visitor({ accept: 'application/json' }).post(`${app.origin}/login/local`, {
      name: 'night',
      password: NIGHT_PASSWORD,
      roles: 'admin',
    });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('unknown-property')]);
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example'])('S11: never lands at %s', async (next) => {
    const { status, location } = await logIn(new Visitor(), 'night', NIGHT_PASSWORD, next);
    expect([status, location]).toEqual([303, `${app.origin}/`]);
  });

  it('S11: is not logged in by a page of another origin', async () => {
    const victim = new Visitor();
    for (const origin of ['https://evil.example', 'null', `${app.origin}.evil.example`]) {
      const { status } = await victim.post(
        `${app.origin}/login/local`,
        { name: 'night', password: NIGHT_PASSWORD },
        { origin },
      );
      expect(status, origin).toBe(403);
    }
    expect(victim.cookiesGiven).toEqual([]);
  });

  it('can log out', async () => {
    const night = new Visitor();
    await logIn(night, 'night', NIGHT_PASSWORD);
    const id = night.cookie(app.origin, '__Host-firebreak');
    await night.post(`${app.origin}/logout`, { _csrf: csrfOf((await night.get(`${app.origin}/account`)).text) });
    night.setCookie(app.origin, '__Host-firebreak', id ?? '');
    expect((await night.get(`${app.origin}/account`)).location).toContain('/login');
  });
});

describe('where nobody can log in', () => {
  it('nothing is asked while no credential is configured', async () => {
    const app = await startLogin(() => ({}), { tokens: [] });
    const { status, location } = await new Visitor().get(`${app.origin}/login?next=/account`);
    expect([status, location]).toEqual([303, `${app.origin}/account`]);
    await app.close();
  });

  it('the page says so while there are tokens only', async () => {
    const app = await startLogin(() => ({}));
    const page = await new Visitor().follow(`${app.origin}/`);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('No way for people to log in')]);
    expect((await new Visitor().post(`${app.origin}/login/local`, { name: 'a', password: 'b' })).status).toBe(404);
    expect((await new Visitor().get(`${app.origin}/login/oidc`)).location).toBe(`${app.origin}/login`);
    await app.close();
  });
});
