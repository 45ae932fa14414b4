import { afterEach, describe, expect, it } from 'vitest';
import type { Course } from '../../src/testing/courses.js';
import { Happening, opened, twoPlans, twoSteps } from '../../src/testing/courses.js';
import { STORIES } from '../../src/testing/course-stories.js';
import { keep, secretOf, somebody } from '../e2e/execution-kit.js';
import { runbookFile, startApi, type Answer, type ApiApp } from './api-app.js';

const TOKENS = [
  somebody('alertmanager-1', 'source'),
  somebody('ann', 'approver'),
  somebody('bob', 'approver'),
  somebody('olga', 'operator'),
  somebody('vic', 'viewer'),
];
const RUNBOOKS = {
  careful: runbookFile('careful'),
  pair: runbookFile('pair').replace('approval: { within: 15m }', 'approval: { within: 15m, required: 2 }'),
};

const digestIn = (text: string): string => /name="digest" value="([0-9a-f]{64})"/.exec(text)?.[1] ?? '';
const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();

describe('the console takes what people say to an execution', () => {
  const apps: ApiApp[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });

  async function start(...courses: readonly Course[]): Promise<ApiApp> {
    const app = await startApi({ tokens: TOKENS, runbooks: RUNBOOKS });
    apps.push(app);
    for (const course of courses) await keep(app.store, course);
    await app.clock.pass(600_000);
    return app;
  }

  const get = (app: ApiApp, who: string, path: string, method: 'GET' | 'HEAD' = 'GET'): Promise<Answer> =>
    app.send(method, path, undefined, undefined, { authorization: `Bearer ${secretOf(who)}`, accept: 'text/html' });
  const send = (app: ApiApp, who: string, path: string, fields: Record<string, string> | string): Promise<Answer> =>
    app.send('POST', path, undefined, typeof fields === 'string' ? fields : form(fields), {
      authorization: `Bearer ${secretOf(who)}`,
      accept: 'text/html',
      'content-type': 'application/x-www-form-urlencoded',
    });

  /** An execution that the alert has opened, which waits for somebody. */
  async function asked(app: ApiApp, runbook: string): Promise<string> {
    const labels = { alertname: 'CenterDown', service: 'shop', runbook };
    const alerts = [{ status: 'firing', labels, annotations: {}, startsAt: new Date(app.clock.now()).toISOString() }];
    const headers = { authorization: `Bearer ${secretOf('alertmanager-1')}` };
    const { json } = await app.send('POST', '/api/v1/alert/trigger', undefined, { version: '4', alerts }, headers);
    await app.clock.pass(10);
    return json.alerts[0].decisions[0].executionId;
  }

  async function stateOf(app: ApiApp, id: string) {
    const stored = await app.store.get(id);
    if (stored === undefined) throw new Error(`${id} is not there`);
    return stored.execution.state;
  }

  it('an approval of the plan that was shown counts, and leads to the execution', async () => {
    const app = await start();
    const id = await asked(app, 'careful');
    const page = await get(app, 'ann', `/executions/${id}/approve`);
    const { status, headers } = await send(app, 'ann', `/executions/${id}/approve`, {
      digest: digestIn(page.text),
      reason: '',
    });
    expect([status, headers['location']]).toEqual([303, `/executions/${id}`]);
    await app.clock.pass(10);
    expect(app.target.writes.map(({ name, value }) => [name, value])).toEqual([['shop', 'b']]);
    const journal = await app.store.journal(id);
    const said = journal.find(({ event }) => event.type === 'approved')?.event;
    expect(said).toMatchObject({ by: 'ann', from: 'token:ann by token from 127.0.0.1' });
    expect(said).not.toHaveProperty('reason');
  });

  it('S14: a hundred readers of the link change nothing, whatever they read it with', async () => {
    const app = await start();
    const id = await asked(app, 'careful');
    const path = `/executions/${id}/approve`;
    const digest = digestIn((await get(app, 'ann', path)).text);
    expect(digest).not.toBe('');
    for (let i = 0; i < 50; i++) {
      expect((await get(app, 'ann', `${path}?digest=${digest}&reason=x`)).status).toBe(200);
      expect((await get(app, 'ann', path, 'HEAD')).status).toBe(200);
    }
    for (const wanted of ['reject', 'cancel', 'revert', 'retry', 'accept', 'take'])
      expect((await get(app, 'ann', `/executions/${id}/${wanted}`)).status).toBe(405);
    await app.clock.pass(10);
    expect(await stateOf(app, id)).toMatchObject({ phase: 'awaiting-approval', grants: [] });
    expect(app.target.writes).toEqual([]);
    // and whoever has the link alone has nothing
    expect((await app.send('GET', path)).status).toBe(401);
    const stranger = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await app.send('POST', path, undefined, form({ digest }), stranger)).status).toBe(401);
  });

  it('S15: an approval of another plan than the one shown is none, and the answer shows the present plan with a new form', async () => {
    const app = await start();
    const id = await asked(app, 'careful');
    const old = digestIn((await get(app, 'ann', `/executions/${id}/approve`)).text);
    app.target.values.set('shop', 'somewhere else');
    await send(app, 'ann', `/executions/${id}/approve`, { digest: old });
    await app.clock.pass(10);
    const { status, text } = await send(app, 'bob', `/executions/${id}/approve`, { digest: old });
    expect(status).toBe(409);
    expect(text).toContain('The plan is not the one that was shown');
    expect(text).toContain('The plan is not the one that was agreed to before.');
    expect(text).toContain('somewhere else');
    expect(text).toContain('ann agreed to the plan (it was asked again since, and this counts no more)');
    expect(digestIn(text)).not.toBe(old);
    expect(await stateOf(app, id)).toMatchObject({ phase: 'awaiting-approval', grants: [] });
    expect((await send(app, 'bob', `/executions/${id}/approve`, { digest: digestIn(text) })).status).toBe(303);
    await app.clock.pass(10);
    expect(app.target.writes).toHaveLength(1);
  });

  it('S15: who asked for it reads the plan and why it is for somebody else, and is refused', async () => {
    const own = opened('own', { trigger: 'manual', requestedBy: 'ann', reason: 'maintenance' });
    const app = await start(new Happening(own).planned(2).course);
    const { text } = await get(app, 'ann', '/executions/own/approve');
    expect(text).toContain('You asked for this yourself');
    expect(text).toContain('198.51.100.20');
    expect(digestIn(text)).toBe('');
    const digest = digestIn((await get(app, 'bob', '/executions/own/approve')).text);
    const refused = await send(app, 'ann', '/executions/own/approve', { digest });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('whoever asked for it cannot approve it');
    expect(await stateOf(app, 'own')).toMatchObject({ grants: [] });
  });

  it('whoever may not approve reads the plan, why not they, and who can', async () => {
    const app = await start(STORIES['waiting'] ?? { execution: opened('waiting'), happened: [] });
    for (const who of ['vic', 'olga']) {
      const { status, text } = await get(app, who, '/executions/waiting/approve');
      expect(status).toBe(200);
      expect(text).toContain('You may not approve this: this needs one of the roles approver, admin');
      expect(text).toContain('Who can: one person who may approve');
      expect(text).not.toContain('<form');
    }
    expect((await send(app, 'olga', '/executions/waiting/approve', { digest: 'x' })).status).toBe(403);
  });

  it('whoever has agreed already sees that, and agreeing again is harmless', async () => {
    const app = await start();
    const id = await asked(app, 'pair');
    const digest = digestIn((await get(app, 'ann', `/executions/${id}/approve`)).text);
    for (let i = 0; i < 2; i++)
      await send(app, 'ann', `/executions/${id}/approve`, { digest, reason: 'because of the storm' });
    const { text } = await get(app, 'ann', `/executions/${id}/approve`);
    expect(text).toContain('You have agreed to this plan already.');
    expect(text).toContain('because of the storm');
    expect(text).toContain('1 of 2 approvals');
    expect(await stateOf(app, id)).toMatchObject({ grants: [{ by: 'ann' }] });
  });

  it('who comes too late is told who was first, and when', async () => {
    const app = await start();
    const id = await asked(app, 'careful');
    const digest = digestIn((await get(app, 'ann', `/executions/${id}/approve`)).text);
    await send(app, 'ann', `/executions/${id}/reject`, { reason: 'a comes back by itself' });
    const { status, text } = await send(app, 'bob', `/executions/${id}/approve`, { digest });
    expect(status).toBe(409);
    expect(text).toContain('Nothing was done');
    expect(text).toContain('ann said no: a comes back by itself');
    expect(text).toContain('This does not wait for approval any more.');
    expect(text).not.toContain('<form');
  });

  it('an approval after the time is 410 and says so', async () => {
    const app = await start();
    const id = await asked(app, 'careful');
    const digest = digestIn((await get(app, 'ann', `/executions/${id}/approve`)).text);
    await app.clock.pass(900_000);
    const { status, text } = await send(app, 'bob', `/executions/${id}/approve`, { digest });
    expect(status).toBe(410);
    expect(text).toContain('nobody decided in time');
  });

  it.each([
    ['phase', { digest: 'd', phase: 'applying' }],
    ['approvedBy', { digest: 'd', approvedBy: 'bob' }],
    ['epoch', { digest: 'd', epoch: '9' }],
    ['__proto__', { digest: 'd', ['__proto__x']: 'x' }],
    ['by', { digest: 'd', by: 'bob' }],
  ])('S13: a form with a field that it does not have (%s) is refused', async (_name, fields) => {
    const app = await start();
    const id = await asked(app, 'careful');
    expect((await send(app, 'ann', `/executions/${id}/approve`, fields)).status).toBe(400);
    expect((await send(app, 'ann', `/executions/${id}/reject`, { ...fields, reason: 'x' })).status).toBe(400);
    expect(await stateOf(app, id)).toMatchObject({ phase: 'awaiting-approval', grants: [] });
  });

  it('S13: a field that comes twice, or an approval without the digest that was read, is refused', async () => {
    const app = await start();
    const id = await asked(app, 'careful');
    const digest = digestIn((await get(app, 'ann', `/executions/${id}/approve`)).text);
    for (const body of [`digest=${digest}&digest=${digest}`, '', 'reason=x'])
      expect((await send(app, 'ann', `/executions/${id}/approve`, body)).status).toBe(400);
    expect(await stateOf(app, id)).toMatchObject({ grants: [] });
  });

  it('a command needs a reason, and says so', async () => {
    const app = await start(STORIES['held'] ?? { execution: opened('held'), happened: [] });
    for (const reason of ['', '   ']) {
      const { status, text } = await send(app, 'ann', '/executions/held/accept', { reason });
      expect(status).toBe(400);
      expect(text).toContain('say why: it stands in the audit');
    }
    expect((await send(app, 'ann', '/executions/held/accept', { reason: 'looked at it' })).status).toBe(303);
    expect(await stateOf(app, 'held')).toMatchObject({ outcome: 'accepted' });
  });

  it('a command to which the phase does not answer shows the execution as it stands', async () => {
    const app = await start(STORIES['held'] ?? { execution: opened('held'), happened: [] });
    const { status, text } = await send(app, 'ann', '/executions/held/cancel', { reason: 'x' });
    expect(status).toBe(409);
    expect(text).toContain('cancel has no meaning in phase held');
    expect(text).toContain('is held for a person since');
    // the address of the form answers to nobody who reads, so there is nothing to keep up to date
    expect(text).not.toContain('data-live');
  });

  it('shows only the commands that the phase answers to, and those that this person may give', async () => {
    const app = await start(STORIES['verifying'] ?? { execution: opened('verifying'), happened: [] });
    const asAnn = (await get(app, 'ann', '/executions/verifying')).text;
    const asOlga = (await get(app, 'olga', '/executions/verifying')).text;
    const actions = (text: string) => [...text.matchAll(/action="([^"]+)"/g)].map(([, action]) => action);
    expect(actions(asAnn)).toEqual(['/executions/verifying/cancel', '/executions/verifying/revert']);
    expect(actions(asOlga)).toEqual(['/executions/verifying/cancel']);
    expect(asOlga).toContain('You cannot revert: this needs one of the roles approver, admin');
    expect(actions((await get(app, 'vic', '/executions/verifying')).text)).toEqual([]);
  });

  it('says what is not there (any more), with what to do', async () => {
    const app = await start();
    for (const path of ['/executions/nothing', '/executions/nothing/approve']) {
      const { status, text } = await get(app, 'vic', path);
      expect(status).toBe(404);
      expect(text).toContain('there is no execution nothing; closed ones are kept for 30 days');
    }
    expect((await send(app, 'ann', '/executions/nothing/revert', { reason: 'x' })).status).toBe(404);
  });

  it('says what would keep it from being begun although people agree', async () => {
    const app = await start();
    const id = await asked(app, 'careful');
    await app.send(
      'POST',
      '/api/v1/pauses',
      undefined,
      { scope: 'all', reason: 'we are being audited' },
      {
        authorization: `Bearer ${secretOf('olga')}`,
      },
    );
    const { text } = await get(app, 'ann', `/executions/${id}/approve`);
    expect(text).toContain('If you approve now, it would still not begin');
    expect(text).toContain('we are being audited');
  });

  it('I15: a plan of 5,000 changes is shown in part, and says how many more there are and where', async () => {
    const changes = Array.from({ length: 5_000 }, (_, i) => ({
      resource: `node ${i}`,
      attribute: 'cordoned',
      from: false,
      to: true,
    }));
    const big = new Happening(opened('big', { orders: twoSteps() })).planned(2, twoPlans({ changes })).course;
    const app = await start(big);
    for (const path of ['/executions/big', '/executions/big/approve']) {
      const { text } = await get(app, 'ann', path);
      expect(text).toContain('And 4801 more changes: <a href="/api/v1/executions/big">');
      expect(text.length).toBeLessThan(200_000);
    }
  });
});
