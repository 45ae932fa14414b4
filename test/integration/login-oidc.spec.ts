import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { People } from '../../src/access/people.js';
import { oidcSchema } from '../../src/config/access/oidc.js';
import { startOidc, type RigOidc } from '../rig/oidc.js';
import { csrfOf, Visitor } from '../rig/visitor.js';
import { logInAs, startLogin, type LoginApp } from './login-kit.js';

const GRANTS = [
  { roles: ['viewer'], groups: ['everybody'], people: [], runbooks: ['*'], targets: ['*'] },
  { roles: ['approver'], groups: ['sre'], people: [], runbooks: ['*'], targets: ['*'] },
];

describe('people who log in at a real identity provider', () => {
  let oidc: RigOidc;
  let app: LoginApp;
  beforeAll(async () => {
    app = await startLogin(async (publicUrl) => {
      oidc = await startOidc(publicUrl);
      return { oidc: oidcSchema.parse(oidc.settings), grants: GRANTS };
    });
  });
  beforeEach(() => {
    oidc.people.set('s-ada', {
      name: 'Ada',
      email: 'Ada@Example.org',
      email_verified: true,
      groups: ['everybody', 'sre'],
    });
    oidc.people.set('s-eve', {
      name: 'ada@example.org',
      email: 'ada@example.org',
      email_verified: false,
      groups: ['x'],
    });
  });
  afterAll(async () => {
    await app?.close();
    await oidc?.stop();
  });

  it('are asked to log in when they open a page, and land where they wanted to be', async () => {
    const ada = new Visitor();
    const asked = await ada.get(`${app.origin}/executions?phase=held`);
    expect([asked.status, asked.location]).toEqual([
      303,
      `${app.origin}/login?next=${encodeURIComponent('/executions?phase=held')}`,
    ]);
    const page = await ada.get(asked.location ?? '');
    expect(page.text).toContain('href="/login/oidc?next&#x3D;%2Fexecutions%3Fphase%3Dheld"');
    const back = await logInAs(ada, app.origin, 's-ada', '/executions?phase=held');
    expect([back.status, back.location]).toEqual([303, `${app.origin}/executions?phase=held`]);
    const home = await ada.get(`${app.origin}/`);
    expect(home.status).toBe(200);
    expect(home.text).toContain('ada@example.org');
  });

  it('S11: get a cookie that no page can read and no other host gets', async () => {
    const ada = new Visitor();
    await logInAs(ada, app.origin, 's-ada');
    const ours = ada.cookiesGiven.filter((cookie) => cookie.startsWith('__Host-firebreak'));
    expect(ours.filter((cookie) => cookie.startsWith('__Host-firebreak='))).toHaveLength(1);
    for (const cookie of ours) {
      for (const part of [/; Path=\//, /; Secure/, /; HttpOnly/, /; SameSite=Lax/]) expect(cookie).toMatch(part);
      expect(cookie).not.toMatch(/domain/i);
    }
  });

  it('are told who they are, and the API knows them by the same cookie', async () => {
    const ada = new Visitor({ accept: 'application/json' });
    await logInAs(ada, app.origin, 's-ada');
    const page = await ada.get(`${app.origin}/account`);
    for (const said of ['ada@example.org', 'oidc:s-ada', 'everybody', 'sre', 'approver: everywhere'])
      expect(page.text).toContain(said);
    expect((await ada.get(`${app.origin}/api/v1/executions`)).status).toBe(200);
  });

  it('S12: who has no role sees nothing but whom to ask for what', async () => {
    const eve = new Visitor();
    await logInAs(eve, app.origin, 's-eve');
    const asked = await eve.get(`${app.origin}/`);
    expect([asked.status, asked.location]).toEqual([303, `${app.origin}/account`]);
    const page = await eve.get(asked.location ?? '');
    expect(page.text).toContain('You have no role here');
    expect(page.text).toContain('oidc:s-eve');
    expect(page.text).toContain('<code>x</code>');
    expect(page.text).not.toContain('ada@example.org');
    expect((await eve.get(`${app.origin}/api/v1/executions`)).status).toBe(403);
  });

  it('S12: an id in the address or in a header is nothing', async () => {
    const ada = new Visitor();
    await logInAs(ada, app.origin, 's-ada');
    const id = ada.cookie(app.origin, '__Host-firebreak') ?? '';
    const api = `${app.origin}/api/v1/executions`;
    expect((await fetch(api, { headers: { cookie: `__Host-firebreak=${id}` } })).status).toBe(200);
    for (const query of [`__Host-firebreak=${id}`, `session=${id}`])
      expect((await fetch(`${api}?${query}`)).status).toBe(401);
    for (const headers of [{ '__host-firebreak': id }, { 'x-session': id }, { cookie: `firebreak=${id}` }])
      expect((await fetch(api, { headers })).status).toBe(401);
    const bearer = await fetch(api, { headers: { authorization: `Bearer ${id}`, cookie: `__Host-firebreak=${id}` } });
    expect(bearer.status).toBe(401);
  });

  it('S11: a login that was begun elsewhere, or is used twice, lets nobody in', async () => {
    const [ada, victim] = [new Visitor(), new Visitor()];
    let at = await ada.get(`${app.origin}/login/oidc`);
    while (!(at.location ?? '').includes('/interaction/')) at = await ada.get(at.location ?? '');
    at = await ada.post(at.location ?? '', { login: 's-ada' });
    while (!(at.location ?? '').startsWith(app.origin)) at = await ada.get(at.location ?? '');
    const callback = at.location ?? '';
    // the attacker sends on what would log the victim in as the attacker
    const stranger = await victim.get(callback);
    expect([stranger.status, stranger.text]).toEqual([400, expect.stringContaining('began in another browser')]);
    expect(victim.cookie(app.origin, '__Host-firebreak')).toBeUndefined();
    const passage = ada.cookie(app.origin, '__Host-firebreak-passage') ?? '';
    expect((await ada.get(callback)).status).toBe(303);
    ada.setCookie(app.origin, '__Host-firebreak-passage', passage);
    expect((await ada.get(callback)).status).toBe(400);
  });

  it('S11: another state than the one that was sent lets nobody in', async () => {
    const ada = new Visitor();
    await ada.get(`${app.origin}/login/oidc`);
    const { status, text } = await ada.get(`${app.origin}/login/oidc/callback?code=x&state=another`);
    expect([status, text]).toEqual([401, expect.stringContaining('cannot be trusted')]);
  });

  it('is told when the provider says no', async () => {
    const ada = new Visitor();
    const { status, text } = await logInAs(ada, app.origin, '');
    expect([status, text]).toEqual([403, expect.stringContaining('did not let you in')]);
    expect(text).not.toContain('thought better');
  });

  it.each(['//evil.example', '/\\evil.example', '%2F%2Fevil.example', 'https://evil.example', '/%09/evil.example'])(
    'S11: never lands at %s',
    async (next) => {
      const ada = new Visitor();
      let visited = await ada.get(`${app.origin}/login/oidc?next=${next}`);
      while (visited.location !== undefined && !visited.location.includes('/interaction/'))
        visited = await ada.get(visited.location);
      visited = await ada.post(visited.location ?? '', { login: 's-ada' });
      while (!visited.url.startsWith(app.origin)) visited = await ada.get(visited.location ?? '');
      expect([visited.status, new URL(visited.location ?? '').origin]).toEqual([303, app.origin]);
    },
  );

  it('S11: the id changes with each login, and the one before is nothing any more', async () => {
    const ada = new Visitor();
    ada.setCookie(app.origin, '__Host-firebreak', 'a'.repeat(43));
    await logInAs(ada, app.origin, 's-ada');
    const first = ada.cookie(app.origin, '__Host-firebreak') ?? '';
    expect(first).not.toBe('a'.repeat(43));
    await logInAs(ada, app.origin, 's-ada');
    expect(ada.cookie(app.origin, '__Host-firebreak')).not.toBe(first);
    const old = await fetch(`${app.origin}/api/v1/executions`, { headers: { cookie: `__Host-firebreak=${first}` } });
    expect(old.status).toBe(401);
  });

  it('can log out, here and everywhere, and at the provider, too', async () => {
    const [phone, desk] = [new Visitor(), new Visitor()];
    await logInAs(phone, app.origin, 's-ada');
    await logInAs(desk, app.origin, 's-ada');
    const id = phone.cookie(app.origin, '__Host-firebreak') ?? '';
    const out = await phone.post(`${app.origin}/logout`, { _csrf: csrfOf((await phone.get(`${app.origin}/`)).text) });
    expect([out.status, out.location]).toEqual([303, `${app.origin}/logged-out`]);
    const left = await phone.get(out.location ?? '');
    expect(left.text).toContain('You are logged out');
    const [, farewell = ''] = /href="([^"]*session\/end[^"]*)"/.exec(left.text) ?? [];
    expect(farewell).toContain('id_token_hint');
    expect((await phone.get(farewell.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='))).status).toBe(200);
    const reused = await fetch(`${app.origin}/api/v1/executions`, { headers: { cookie: `__Host-firebreak=${id}` } });
    expect(reused.status).toBe(401);
    expect((await desk.get(`${app.origin}/`)).status).toBe(200);

    await logInAs(phone, app.origin, 's-ada');
    await phone.post(`${app.origin}/logout/everywhere`, { _csrf: csrfOf((await phone.get(`${app.origin}/`)).text) });
    expect((await desk.get(`${app.origin}/`)).location).toBe(`${app.origin}/login`);
    expect((await phone.get(`${app.origin}/`)).location).toBe(`${app.origin}/login`);
  });

  it('I8: who has lost a group at the provider has lost what it gave, from the next login on', async () => {
    const people = app.api.nest.get(People);
    const ada = new Visitor();
    await logInAs(ada, app.origin, 's-ada');
    expect((await people.named('ada@example.org'))?.grants.map(({ role }) => role)).toEqual(['viewer', 'approver']);
    oidc.people.set('s-ada', { email: 'ada@example.org', email_verified: true, groups: ['everybody'] });
    await logInAs(ada, app.origin, 's-ada');
    expect((await people.named('ada@example.org'))?.grants.map(({ role }) => role)).toEqual(['viewer']);
  });

  it('ends without a click, and at last whatever is clicked', async () => {
    const ada = new Visitor();
    await logInAs(ada, app.origin, 's-ada');
    await app.api.clock.pass(7 * 3_600_000);
    expect((await ada.get(`${app.origin}/`)).status).toBe(200);
    await app.api.clock.pass(8 * 3_600_000 + 1);
    const ended = await ada.get(`${app.origin}/`);
    expect(ended.location).toBe(`${app.origin}/login`);
    expect(ada.cookie(app.origin, '__Host-firebreak')).toBeUndefined();
  });

  it('see a page that says so while the provider is away, and get in when it is back', async () => {
    const other = await startLogin(() => ({ oidc: oidcSchema.parse(oidc.settings) }));
    try {
      await oidc.stop();
      const ada = new Visitor();
      const away = await ada.get(`${other.origin}/login/oidc`);
      expect([away.status, away.text]).toEqual([503, expect.stringContaining('does not answer')]);
      await oidc.start();
      const back = await ada.get(`${other.origin}/login/oidc`);
      expect(back.location).toContain(oidc.issuer);
      expect(new URL(back.location ?? '').searchParams.get('code_challenge_method')).toBe('S256');
    } finally {
      await oidc.start();
      await other.close();
    }
  });

  it('S18: neither the secret of the client nor a token is in the log', () => {
    const log = JSON.stringify(app.api.log);
    expect(log).toContain('somebody logged in');
    expect(log).not.toContain(oidc.settings.clientSecret);
    expect(log).not.toMatch(/eyJ[\w-]{20}/);
  });
});
