import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Identity } from '../../src/access/identity.js';
import { SeenPeople } from '../../src/access/sessions/last-seen.js';
import { People } from '../../src/access/people.js';
import { everywhere } from '../../src/access/role-grant.js';
import { PeopleCommands } from '../../src/api/people-commands.js';
import type { AccessSettings } from '../../src/config/access.js';
import type { Token } from '../../src/config/tokens.js';
import { runbookFile, startApi, type Answer, type ApiApp } from './api-app.js';

const needs = (name: string, approval: string): string =>
  runbookFile(name).replace('approval: { within: 15m }', `approval: { within: 15m, ${approval} }`);
const RUNBOOKS = {
  pair: needs('pair', 'required: 2'),
  trio: needs('trio', 'required: 3'),
  signed: needs('signed', 'roles: [sre]'),
};

const secretOf = (name: string): string => `the-secret-of-${name}`;
const tokens: readonly Token[] = ['ann-laptop', 'ann-ci', 'bob', 'tom', 'eve@example.org'].map((name) => ({
  name,
  roles: ['approver'],
  sha256: createHash('sha256').update(secretOf(name)).digest('hex'),
}));
const LINKED: Partial<AccessSettings> = {
  people: [{ name: 'ann', accounts: ['token:ann-laptop', 'token:ann-ci'], roles: [] }],
};

describe('S15: one person by several accounts', () => {
  const apps: ApiApp[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });

  /** With the store of another one it is the same Firebreak, started again with other settings. */
  async function start(access: Partial<AccessSettings>, before?: ApiApp): Promise<ApiApp> {
    const shared = before === undefined ? {} : { store: () => before.store };
    const app = await startApi({ tokens, access, runbooks: RUNBOOKS, ...shared });
    apps.push(app);
    return app;
  }
  const ask = (app: ApiApp, who: string, method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> =>
    app.send(method, `/api/v1/${path}`, undefined, body, { authorization: `Bearer ${secretOf(who)}` });
  const read = async (app: ApiApp, id: string) => (await ask(app, 'tom', 'GET', `executions/${id}`)).json;

  async function opened(app: ApiApp, runbook: string, by: string, service = 'shop') {
    const { json } = await ask(app, by, 'POST', `runbooks/${runbook}/executions`, { labels: { service } });
    await app.clock.pass(10);
    return { id: json.id, digest: (await read(app, json.id)).plan.digest };
  }
  const approve = (app: ApiApp, who: string, { id, digest }: { id: string; digest: string }): Promise<Answer> =>
    ask(app, who, 'POST', `executions/${id}/approve`, { digest });

  it('may not agree to what the same person asked for', async () => {
    const app = await start(LINKED);
    const asked = await opened(app, 'pair', 'ann-laptop');
    expect(await read(app, asked.id)).toMatchObject({ requestedBy: 'ann' });
    for (const account of ['ann-laptop', 'ann-ci']) {
      const { status, json } = await approve(app, account, asked);
      expect([status, json.code]).toEqual([403, 'own-request']);
    }
    expect((await read(app, asked.id)).approval.grants).toEqual([]);
  });

  it('counts once, however often it agrees', async () => {
    const app = await start(LINKED);
    const asked = await opened(app, 'pair', 'bob');
    for (const account of ['ann-laptop', 'ann-ci', 'ann-laptop']) {
      const { status, json } = await approve(app, account, asked);
      expect([status, json.approval]).toMatchObject([200, { missing: '1 of 2 approvals', grants: [{ by: 'ann' }] }]);
      expect(json.approval.grants).toHaveLength(1);
    }
    await app.clock.pass(60_000);
    expect(app.target.writes).toEqual([]);
    expect((await approve(app, 'tom', asked)).json.approval).toMatchObject({ agreed: true });
  });

  it('counts once when accounts are linked between two agreements', async () => {
    const before = await start({});
    const asked = await opened(before, 'pair', 'bob');
    await approve(before, 'ann-laptop', asked);
    const app = await start(LINKED, before);
    const { approval } = (await approve(app, 'ann-ci', asked)).json;
    expect(approval).toMatchObject({ missing: '1 of 2 approvals', agreed: false, grants: [{ by: 'ann' }] });
    expect((await approve(app, 'tom', asked)).json.approval).toMatchObject({ agreed: true });
  });

  it('counts once when accounts are linked after two agreements', async () => {
    const before = await start({});
    const asked = await opened(before, 'trio', 'bob');
    for (const account of ['ann-laptop', 'ann-ci']) await approve(before, account, asked);
    const app = await start(LINKED, before);
    const { approval } = (await approve(app, 'tom', asked)).json;
    expect(approval).toMatchObject({ missing: '2 of 3 approvals', grants: [{ by: 'ann-laptop' }, { by: 'tom' }] });
  });

  it('may not agree, and has not agreed, when accounts are linked after it asked', async () => {
    const before = await start({});
    const asked = await opened(before, 'pair', 'ann-laptop');
    expect((await approve(before, 'ann-ci', asked)).json.approval).toMatchObject({ missing: '1 of 2 approvals' });
    const app = await start(LINKED, before);
    expect((await approve(app, 'ann-ci', asked)).json.code).toBe('own-request');
    const { approval } = (await approve(app, 'tom', asked)).json;
    expect(approval).toMatchObject({ missing: '1 of 2 approvals', grants: [{ by: 'tom' }] });
  });

  it('may not agree by the account that asked, whatever it is called since', async () => {
    const before = await start(LINKED);
    const asked = await opened(before, 'pair', 'ann-laptop');
    const app = await start({}, before);
    expect((await approve(app, 'ann-laptop', asked)).json.code).toBe('own-request');
  });

  const somebody = (account: string, change: Partial<Identity>): Identity => ({
    account,
    name: account,
    groups: [],
    grants: everywhere(['approver']),
    ...change,
  });

  async function agree(app: ApiApp, identity: Identity, { id, digest }: { id: string; digest: string }) {
    const person = app.nest.get(People).of(identity);
    await app.nest.get(SeenPeople).note(person.name, identity);
    return app.nest.get(PeopleCommands).approve({ person, from: 'a test' }, id, digest);
  }

  it('is known by a checked address, also when a token has it as its name', async () => {
    const app = await start({});
    const own = await opened(app, 'pair', 'eve@example.org', 'pay');
    const email = 'eve@example.org';
    await expect(agree(app, somebody('oidc:s1', { email }), own)).rejects.toMatchObject({ code: 'own-request' });
    const asked = await opened(app, 'pair', 'bob');
    for (const account of ['oidc:s1', 'grafana:eve']) await agree(app, somebody(account, { email }), asked);
    expect((await read(app, asked.id)).approval).toMatchObject({ missing: '1 of 2 approvals' });
    expect((await approve(app, 'eve@example.org', asked)).json.approval).toMatchObject({ missing: '1 of 2 approvals' });
    await agree(app, somebody('oidc:s2', { email: 'zoe@example.org' }), asked);
    expect((await read(app, asked.id)).approval).toMatchObject({ agreed: true });
  });

  it('a role that a group has on some runbooks and targets counts there and nowhere else', async () => {
    const grant = { roles: ['sre'], groups: ['on-call'], people: [] };
    const app = await start({ grants: [{ ...grant, runbooks: ['signed'], targets: ['traffic/shop'] }] });
    const onCall = somebody('oidc:s3', { groups: ['on-call'] });
    const [here, elsewhere] = [await opened(app, 'signed', 'bob'), await opened(app, 'signed', 'bob', 'pay')];
    await agree(app, onCall, elsewhere);
    expect((await read(app, elsewhere.id)).approval).toMatchObject({
      missing: '0 of 1 approvals; still needed: sre',
      agreed: false,
    });
    await agree(app, somebody('oidc:s4', { groups: ['on-call-2'] }), here);
    expect((await read(app, here.id)).approval).toMatchObject({ agreed: false });
    await agree(app, onCall, here);
    expect((await read(app, here.id)).approval).toMatchObject({ agreed: true });
  });
});
