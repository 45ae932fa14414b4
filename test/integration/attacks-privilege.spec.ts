import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routesOf } from '../../src/http/route-table.js';
import { csrfOf, Visitor, type Visited } from '../rig/visitor.js';
import { NIGHT, NIGHT_PASSWORD, startLogin, type LoginApp } from './login-kit.js';

/** Everything that the forms of the console could say; each handler takes the part of it that it knows. */
const FIELDS: Readonly<Record<string, Record<string, string>>> = {
  approve: { digest: 'DIGEST', reason: 'x' },
  lift: { reason: 'x' },
  pauses: { scope: 'all', until: '', reason: 'x' },
  end: { key: 'careful|', reason: 'x' },
  start: { labels: '{service="shop"}', reason: 'x', key: 'one' },
  serving: { serving: 'yes', reason: 'x' },
};

const LEAVING = ['/logout', '/logout/everywhere'];

describe('the forms of the console', () => {
  let app: LoginApp;
  let execution: string;
  let digest: string;
  let pause: string;
  const people = new Map<string, Visitor>();
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    const account = (name: string, ...roles: string[]) => ({ ...NIGHT, name, roles });
    const local = [account('vic', 'viewer'), account('olga', 'operator'), account('sid', 'source')].concat([
      account('ann', 'approver'),
      account('sue'),
      account('eve'),
    ]);
    // may do everything, on another runbook
    const grants = [{ roles: ['admin'], groups: [], people: ['sue'], runbooks: ['other'], targets: ['*'] }];
    app = await startLogin(() => ({ local, grants, rateLimit: { perMinute: 1_000_000 } }));
    const { json } = await app.api.send('POST', '/api/v1/runbooks/careful/executions', 'operator', {
      labels: { service: 'shop' },
    });
    execution = json.id;
    await app.api.clock.pass(10);
    const { plan } = (await app.api.send('GET', `/api/v1/executions/${execution}`, 'viewer')).json;
    digest = plan.digest;
    const paused = await app.api.send('POST', '/api/v1/pauses', 'operator', {
      scope: 'runbook:none',
      reason: 'a test',
    });
    pause = paused.json.id;
    for (const { name } of local) {
      const visitor = new Visitor();
      // five attempts a minute from one address
      await app.api.clock.pass(60_000);
      await visitor.post(`${app.origin}/login/local`, { name, password: NIGHT_PASSWORD });
      people.set(name, visitor);
      tokens.set(name, csrfOf((await visitor.get(`${app.origin}/account`)).text));
    }
  });
  afterAll(() => app.close());

  const visitor = (name: string): Visitor => {
    const found = people.get(name);
    if (found === undefined) throw new Error(`${name} has not logged in`);
    return found;
  };

  /** Every form there is, with its fields as somebody who may would send them. */
  function forms(): { readonly path: string; readonly fields: Record<string, string> }[] {
    const routes = routesOf(app.api.fastify).filter(
      ({ method, url }) => method === 'POST' && !/^\/(?:api|-|login|slack)\//.test(url) && !LEAVING.includes(url),
    );
    return routes.map(({ url }) => {
      const last = url.split('/').at(-1) ?? '';
      const fields = { ...(FIELDS[last] ?? { reason: 'x' }) };
      if (fields['digest'] !== undefined) fields['digest'] = digest;
      const id = url.startsWith('/pauses') ? pause : url.startsWith('/centers') ? 'a' : execution;
      return { path: url.replace(':id', id).replace(':name', 'careful').replace(':key', 'careful%7C'), fields };
    });
  }

  /** Everything that a form could have changed. */
  async function state(): Promise<unknown> {
    const { store, target } = app.api;
    const { items } = await store.list({ limit: 1_000 });
    return structuredClone({
      items,
      journals: await Promise.all(items.map(({ id }) => store.journalLines(id))),
      head: await store.auditHead(),
      pauses: await store.pauses(),
      storms: await store.governance.storms(),
      centers: await store.governance.centerRecords(),
      writes: target.writes,
    });
  }

  async function changesNothing(
    ask: (path: string, fields: Record<string, string>) => Promise<Visited>,
    allowed: readonly number[],
  ): Promise<void> {
    const before = await state();
    const wrong: string[] = [];
    for (const { path, fields } of forms()) {
      const { status } = await ask(app.origin + path, fields);
      if (!allowed.includes(status)) wrong.push(`${path}: ${status}`);
    }
    expect(wrong).toEqual([]);
    expect(await state()).toEqual(before);
  }

  it('are all walked', () => expect(forms().length).toBeGreaterThanOrEqual(12));

  it.each(['sid', 'eve', 'vic'])('S12: %s, who may not, is refused by every one with a right token of forms', (who) =>
    changesNothing(
      (path, fields) => visitor(who).post(path, { ...fields, _csrf: tokens.get(who) ?? '' }),
      // to try a runbook is to ask; a name that nobody has is 404 for everybody who may read
      [403],
    ),
  );

  it('S12: who may do everything elsewhere is refused here', async () => {
    const _csrf = tokens.get('sue') ?? '';
    const mine = forms().filter(({ path }) => /^\/(?:executions|runbooks)\//.test(path) && !path.endsWith('/try'));
    expect(mine.length).toBeGreaterThanOrEqual(8);
    const before = await state();
    for (const { path, fields } of mine)
      expect([path, (await visitor('sue').post(app.origin + path, { ...fields, _csrf })).status]).toEqual([path, 403]);
    expect(await state()).toEqual(before);
  });

  it('S12: an operator does not decide', async () => {
    const _csrf = tokens.get('olga') ?? '';
    const before = await state();
    for (const verb of ['approve', 'reject', 'revert', 'retry', 'accept']) {
      const path = `${app.origin}/executions/${execution}/${verb}`;
      const { status } = await visitor('olga').post(path, { ...FIELDS[verb], digest, reason: 'x', _csrf });
      expect([verb, status]).toEqual([verb, 403]);
    }
    expect(await state()).toEqual(before);
  });

  it.each([
    ['without a token', (): Record<string, string> => ({})],
    ['with the token of somebody else', () => ({ _csrf: tokens.get('olga') ?? '' })],
    ['with the token of nobody', () => ({ _csrf: 'x'.repeat(43) })],
  ])('S11: %s nothing is done for who may', (_what, token) =>
    changesNothing((path, fields) => visitor('ann').post(path, { ...fields, ...token() }), [403]),
  );

  it.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'http://localhost'])(
    'S11: from %s nothing is done, also with the right token',
    (origin) =>
      changesNothing(
        (path, fields) => visitor('ann').post(path, { ...fields, _csrf: tokens.get('ann') ?? '' }, { origin }),
        [403],
      ),
  );

  it('S14: a form is sent by POST and by nothing that only looks like it', async () => {
    const _csrf = tokens.get('ann') ?? '';
    const overrides = { 'x-http-method-override': 'POST', 'x-method-override': 'POST', 'x-http-method': 'POST' };
    for (const extra of ['', '_method=POST&', '_method=post&method=POST&'])
      await changesNothing(
        (path, fields) => {
          const query = new URLSearchParams({ ...fields, _csrf }).toString();
          return visitor('ann').get(`${path}?${extra}${query}`, overrides);
        },
        [200, 303, 400, 403, 404, 405],
      );
    const id = visitor('ann').cookie(app.origin, '__Host-firebreak') ?? '';
    const headers = { cookie: `__Host-firebreak=${id}`, 'x-csrf-token': _csrf, origin: app.origin, ...overrides };
    const before = await state();
    for (const method of ['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'] as const)
      for (const { path, fields } of forms()) {
        const { statusCode } = await app.api.fastify.inject({ method, url: path, headers, query: fields });
        expect([200, 400, 403, 404, 405], `${method} ${path}: ${statusCode}`).toContain(statusCode);
      }
    expect(await state()).toEqual(before);
  });

  it('S15: an approval with another digest than that of the plan shown is none', async () => {
    const _csrf = tokens.get('ann') ?? '';
    const path = `${app.origin}/executions/${execution}/approve`;
    const before = await state();
    for (const other of [
      '',
      '0'.repeat(64),
      digest.toUpperCase(),
      `${digest} `,
      digest.slice(1),
      `${digest}${digest}`,
    ]) {
      const { status } = await visitor('ann').post(path, { digest: other, reason: 'x', _csrf });
      expect([other, [400, 409].includes(status)], String(status)).toEqual([other, true]);
    }
    expect(await state()).toEqual(before);
  });

  it('and one that is right, by who may, counts', async () => {
    const path = `${app.origin}/executions/${execution}/approve`;
    const { status } = await visitor('ann').post(path, { digest, reason: 'x', _csrf: tokens.get('ann') ?? '' });
    expect(status).toBe(303);
    await app.api.clock.pass(10_000);
    expect(app.api.target.writes.length).toBe(1);
  });
});
