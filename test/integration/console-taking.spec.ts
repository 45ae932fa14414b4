import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mailing } from '../../src/engine/outbox.js';
import { STORIES } from '../../src/testing/course-stories.js';
import { keep, secretOf, somebody } from '../e2e/execution-kit.js';
import { startApi, type Answer, type ApiApp } from './api-app.js';

const TOKENS = [somebody('olga', 'operator'), somebody('otto', 'operator'), somebody('vic', 'viewer')];
const TAKE = '/executions/held/take';
const BAD = '"><img src=x onerror=alert(1)>';

const letter = (id: string, at: number, execution: string): Mailing => {
  const about = { id: execution, runbook: 'cut-over', target: `traffic/${execution}`, phase: 'held' };
  const message = {
    id,
    event: 'held',
    title: `${id} ${BAD}`,
    text: 'look',
    link: 'http://h/',
    execution: about,
  } as const;
  return { id, at, letters: [{ notifier: 'slack/oncall', message }] };
};

describe('the console', () => {
  let app: ApiApp;
  beforeEach(async () => {
    app = await startApi({ tokens: TOKENS });
    for (const name of ['held', 'reverted']) {
      const story = STORIES[name];
      if (story !== undefined) await keep(app.store, story);
    }
    await app.clock.pass(1_200_000);
  });
  afterEach(() => app.close());

  const get = async (who: string, path: string): Promise<string> =>
    (await app.send('GET', path, undefined, undefined, as(who))).text;
  const take = (who: string, fields: Record<string, string> = { reason: '' }, path = TAKE): Promise<Answer> =>
    app.send('POST', path, undefined, new URLSearchParams(fields).toString(), {
      ...as(who),
      'content-type': 'application/x-www-form-urlencoded',
    });
  const as = (who: string) => ({ authorization: `Bearer ${secretOf(who)}`, accept: 'text/html' });

  it('takes what is held for whoever presses, without a reason if there is none, and shows it to everybody', async () => {
    expect(await get('olga', '/executions/held')).toContain(`action="${TAKE}"`);
    expect(await get('vic', '/')).toContain('Nobody has taken it yet.');
    const { status, headers } = await take('olga');
    expect([status, headers['location']]).toEqual([303, '/executions/held']);
    const taken = await app.store.outbox.taken('held');
    expect(taken).toMatchObject({ by: 'olga' });
    expect(taken).not.toHaveProperty('reason');
    const page = await get('vic', '/executions/held');
    expect(page).toContain('<strong>olga looks after it</strong>');
    expect(page).toContain(new Date(taken?.until ?? 0).toISOString());
    expect(await get('vic', '/')).toContain('olga looks after it</strong>');
    expect(await get('olga', '/executions/held')).toContain('I take it for longer');
    expect(await get('otto', '/executions/held')).toContain('You look after it in place of olga');
    // nothing but who looks after it has changed
    expect((await app.store.get('held'))?.execution.state.phase).toBe('held');
  });

  it('S8: writes the reason as it was sent', async () => {
    expect((await take('olga', { reason: BAD })).status).toBe(303);
    const page = await get('vic', '/executions/held');
    expect(page).toContain('&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt;');
    expect(page).not.toContain('<img src=x');
  });

  it('S13: takes no name and no time from a form', async () => {
    for (const [field, value] of Object.entries({ by: 'otto', until: '9999999999999', person: 'otto' }))
      expect((await take('olga', { reason: '', [field]: value })).status).toBe(400);
    expect(await app.store.outbox.taken('held')).toBeUndefined();
  });

  it('S11: says to whoever may not take it what is missing, and takes nothing', async () => {
    const page = await get('vic', '/executions/held');
    expect(page).not.toContain(TAKE);
    expect(page).toContain('You cannot take it: this needs one of the roles operator, approver, admin');
    expect((await take('vic')).status).toBe(403);
    expect(await app.store.outbox.taken('held')).toBeUndefined();
  });

  it('says of one that is closed that there is nothing to look after, and offers no form', async () => {
    expect(await get('olga', '/executions/reverted')).not.toContain('/take"');
    const { status, text } = await take('olga', { reason: 'x' }, '/executions/reverted/take');
    expect(status).toBe(409);
    expect(text).toContain('there is nothing to look after');
  });

  it('says who was told, what became of it, and which attempts failed why', async () => {
    expect(await get('vic', '/executions/held')).toContain('Nobody: no route in');
    const { outbox } = app.store;
    await outbox.put([letter('first', 1, 'held'), letter('other', 2, 'reverted')]);
    const claimed = await outbox.claim('slack/oncall', 12_000);
    if (claimed === undefined) throw new Error('nothing waits');
    expect(await get('vic', '/executions/held')).not.toContain('failed: ');
    await outbox.finish(claimed, { result: 'again', detail: `slack/oncall answered 500 ${BAD}`, againInMs: 1_000 });
    const page = await get('vic', '/executions/held');
    expect(page).toContain('slack/oncall</th>');
    expect(page).toContain('<span class="badge warn">waits</span>');
    expect(page).toContain('Attempt 1 failed: slack/oncall answered 500 &quot;&gt;&lt;img');
    expect(page).toContain('tried again');
    expect(page).not.toContain('<img src=x');
    expect(page).not.toContain('other &quot;');
    await app.clock.pass(1_000);
    const again = await outbox.claim('slack/oncall', 12_000);
    if (again === undefined) throw new Error('nothing waits');
    await outbox.finish(again, { result: 'delivered' });
    expect(await get('vic', '/executions/held')).toContain('<span class="badge good">delivered</span>');
  });

  it('I15: names at most fifty messages, and where the others stand', async () => {
    for (let i = 0; i < 60; i++) await app.store.outbox.put([letter(`m${i}`, i, 'held')]);
    const page = await get('vic', '/executions/held');
    expect(page.match(/slack\/oncall<\/th>/g)).toHaveLength(50);
    expect(page).toContain('href="/api/v1/messages?execution&#x3D;held&amp;limit&#x3D;500"');
  });
});
