import { describe, expect, it } from 'vitest';
import { Office, notifyOf } from './office.js';
import { approve, broken, counted, MINUTE, newest, runbook, SECOND, VERIFY } from './told-kit.js';
import { watchedFirebreak, type WatchedFirebreak } from './watched-firebreak.js';

const HOUR = 60 * MINUTE;
const asking = (more = '') => runbook({ mode: 'approve', more: `  approval: { within: 30m }\n${more}` });

async function start(
  text: string,
  { notify = {}, office = new Office() }: { notify?: object; office?: Office } = {},
): Promise<{ small: WatchedFirebreak; office: Office }> {
  const sender = () => office;
  const small = await watchedFirebreak({ runbooks: { fix: text }, notify: notifyOf(notify), sender });
  office.open(small.world.clock);
  return { small, office };
}

/** An execution that is held: nobody can say whether the change helped. */
async function held(notify: object = {}): Promise<{ small: WatchedFirebreak; office: Office }> {
  const both = await start(runbook({ more: VERIFY }), { notify });
  both.small.world.target.measurement = { status: 'unknown', detail: 'no data' };
  await both.small.post(broken());
  await both.small.world.pass(40 * SECOND);
  expect((await newest(both.small))?.state.phase).toBe('held');
  return both;
}

describe('a message', () => {
  it('is sent once, however many processes go round', async () => {
    const { small, office } = await start(asking());
    for (let i = 0; i < 3; i++) small.lookout().start();
    await small.post(broken());
    await small.world.pass(SECOND);
    await approve(small);
    await small.world.pass(MINUTE);
    expect(office.attempts.map(({ message }) => message.event)).toEqual(['awaiting-approval', 'closed']);
  });

  it('leads people to where they can do something', async () => {
    const { small, office } = await start(asking());
    await small.post(broken());
    await small.world.pass(SECOND);
    await approve(small);
    const id = (await newest(small))?.id;
    const site = 'http://firebreak.example.org';
    expect(office.attempts.map(({ message }) => message.link)).toEqual([
      `${site}/executions/${id}/approve`,
      `${site}/executions/${id}`,
    ]);
  });

  it('of a process that is gone in the middle is sent by another one within 15 s, with the same id', async () => {
    const { small, office } = await start(runbook());
    office.manners.set('pretend/people', 'hangs');
    small.lookout().start();
    await small.post(broken());
    await small.world.pass(SECOND);
    expect(office.attempts).toHaveLength(1);
    office.manners.clear();
    await small.world.pass(15 * SECOND);
    expect(office.attempts).toHaveLength(2);
    expect(new Set(office.attempts.map(({ message }) => message.id)).size).toBe(1);
    await small.world.pass(HOUR);
    expect(office.attempts).toHaveLength(2);
    const [record] = await small.world.store.outbox.list({ limit: 1 });
    expect(record?.attempts.map(({ result }) => result)).toEqual(['unknown', 'delivered']);
  });

  it('is tried again after 1 s, 2, 4 and so on, and the execution does not wait for it', async () => {
    const { small, office } = await start(runbook());
    office.manners.set('pretend/people', 'fails');
    await small.post(broken());
    await small.world.pass(5 * MINUTE);
    const times = office.attempts.map(({ at }) => at);
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    for (const [i, gap] of gaps.entries()) {
      expect(gap).toBeGreaterThanOrEqual(1_000 * 2 ** i);
      expect(gap).toBeLessThanOrEqual(1_000 * 2 ** i + 500);
    }
    expect(gaps.length).toBeGreaterThanOrEqual(6);
    expect((await newest(small))?.state.phase).toBe('closed');
  });

  it('that is refused for good is given up at once', async () => {
    const { small, office } = await start(runbook());
    office.manners.set('pretend/people', 'refuses');
    await small.post(broken());
    await small.world.pass(HOUR);
    expect(office.attempts).toHaveLength(1);
    const [line, ...more] = small.lines.filter(({ level }) => level === 'error');
    expect(more).toEqual([]);
    expect(line).toMatchObject({
      message: 'a message could not be delivered: tell people yourself',
      notifier: 'pretend/people',
      title: 'fix on service/shop: succeeded',
      error: 'pretend/people answered 404',
    });
    expect(await counted(small.metrics, 'firebreak_messages_total')).toEqual([
      { labels: { notifier: 'pretend/people', event: 'closed', result: 'given-up' }, value: 1 },
    ]);
  });

  it('to a notifier that hangs delays neither the others nor the execution', async () => {
    const { small, office } = await start(runbook(), { notify: { routes: [{ to: ['slack/oncall'] }] } });
    office.manners.set('pretend/people', 'hangs');
    await small.post(broken());
    await small.world.pass(SECOND);
    expect((await newest(small))?.state.phase).toBe('closed');
    expect(office.heard('slack/oncall')).toEqual(['fix on service/shop: succeeded']);
  });

  it('comes after the earlier ones about the same execution, but not after those about others', async () => {
    const { small, office } = await start(asking());
    office.manners.set('pretend/people', 'fails');
    await small.post(broken('a'));
    await small.world.pass(500);
    await approve(small);
    await small.world.pass(500);
    office.manners.clear();
    await small.world.pass(10 * SECOND);
    const delivered = (await small.world.store.outbox.list({ limit: 10 })).toSorted(
      (a, b) => (a.doneAt ?? 0) - (b.doneAt ?? 0),
    );
    expect(office.attempts.map(({ message }) => message.event).at(-1)).toBe('closed');
    expect(delivered.map(({ state }) => state)).toEqual(['delivered', 'delivered']);
  });
});

describe('a held execution', () => {
  it('is told again every quarter of an hour until a person decides', async () => {
    const { small, office } = await held();
    await small.world.pass(HOUR);
    expect(office.of('held').map(({ title }) => title)).toEqual([
      'fix on service/shop is held: a person must decide',
      'fix on service/shop is still held, for 15m: a person must decide',
      'fix on service/shop is still held, for 30m: a person must decide',
      'fix on service/shop is still held, for 45m: a person must decide',
      'fix on service/shop is still held, for 1h: a person must decide',
    ]);
    const id = (await newest(small))?.id ?? '';
    await small.world.command(id, { type: 'accepted', by: 'ada', reason: 'looked at it' });
    await small.world.pass(3 * HOUR);
    expect(office.of('held')).toHaveLength(5);
  });

  it('is not told again for two hours when a person takes it, and then it is', async () => {
    const { small, office } = await held({ repeatHeld: '10m' });
    const at = small.world.clock.now();
    const taken = { by: 'ada', at, until: at + 2 * HOUR };
    await small.world.store.outbox.take((await newest(small))?.id ?? '', taken);
    await small.world.pass(2 * HOUR - SECOND);
    expect(office.of('held')).toHaveLength(1);
    await small.world.pass(11 * MINUTE);
    expect(office.of('held').at(-1)?.title).toMatch(/is still held, for 2h/);
    expect(office.of('held').length).toBeLessThanOrEqual(3);
  });

  it('is told again once, however many processes go round, also by one that came later', async () => {
    const { small, office } = await held();
    small.lookout().start();
    small.lookout().start();
    await small.world.pass(16 * MINUTE);
    expect(office.of('held')).toHaveLength(2);
  });
});

describe('an approval', () => {
  it('that nears its end is told once more, when its last third begins', async () => {
    const { small, office } = await start(asking());
    await small.post(broken());
    await small.world.pass(20 * MINUTE - SECOND);
    expect(office.of('awaiting-approval')).toHaveLength(1);
    await small.world.pass(5 * SECOND);
    expect(office.of('awaiting-approval').map(({ title }) => title)).toEqual([
      'fix on service/shop waits for approval',
      'fix on service/shop still waits for approval, until 2026-11-01 12:30:00 UTC',
    ]);
    await small.world.pass(HOUR);
    expect(office.of('awaiting-approval')).toHaveLength(2);
  });

  it('that was given is not told again', async () => {
    const { small, office } = await start(asking());
    await small.post(broken());
    await small.world.pass(SECOND);
    await approve(small);
    await small.world.pass(HOUR);
    expect(office.of('awaiting-approval')).toHaveLength(1);
  });
});

describe('routes', () => {
  it('say who else hears of what', async () => {
    const notify = {
      routes: [
        { match: { event: 'closed', owner: 'team-*' }, to: ['email/team'], continue: true },
        { match: { event: ['held', 'failed'] }, to: ['pagerduty/oncall'] },
        { match: { severity: 'critical', target: 'service/*' }, to: ['slack/oncall'] },
        { to: ['slack/rest'] },
      ],
    };
    const { small, office } = await start(runbook(), { notify });
    await small.post(broken());
    await small.post({ labels: { alertname: 'Broken', service: 'bank', severity: 'critical' } });
    await small.world.pass(SECOND);
    expect(office.heard()).toHaveLength(2);
    expect(office.heard('email/team')).toHaveLength(2);
    expect(office.heard('slack/oncall')).toEqual(['fix on service/bank: succeeded']);
    expect(office.heard('slack/rest')).toEqual(['fix on service/shop: succeeded']);
    expect(office.heard('pagerduty/oncall')).toEqual([]);
  });

  it('also of pauses that people add and lift', async () => {
    const notify = { routes: [{ match: { event: ['paused', 'unpaused'], runbook: 'fix' }, to: ['slack/oncall'] }] };
    const { small, office } = await start(runbook(), { notify });
    const { store, clock } = small.world;
    await store.addPause({ id: 'p1', scope: 'runbook:fix', reason: 'deploy', by: 'ada', at: clock.now() });
    await store.addPause({ id: 'p2', scope: 'runbook:other', reason: 'deploy', by: 'ada', at: clock.now() });
    await small.world.pass(SECOND);
    await store.liftPause('p1', { by: 'bob', reason: 'done' });
    await small.world.pass(SECOND);
    expect(office.heard('slack/oncall')).toEqual([
      'runbook fix is paused by ada',
      'runbook fix is no longer paused: bob has lifted it',
    ]);
    expect(office.attempts.map(({ message }) => message.link)).toEqual([
      'http://firebreak.example.org/pauses',
      'http://firebreak.example.org/pauses',
    ]);
  });
});

describe('a login for emergencies', () => {
  it('is told to those whom a route names', async () => {
    const notify = { routes: [{ match: { event: 'break-glass' }, to: ['slack/security'] }] };
    const { small, office } = await start(runbook(), { notify });
    const { store, clock } = small.world;
    await store.outbox.note({ is: 'break-glass', by: 'ada', from: 'ada by password from 10.0.0.1', at: clock.now() });
    await small.world.pass(SECOND);
    expect(office.heard('slack/security')).toEqual(['ada has logged in with an account for emergencies']);
  });
});

describe('words of the operator', () => {
  it('S5: take the place of the usual ones, and what an alert says in them is never read as a template', async () => {
    const templates = {
      closed: { title: '[{{message.owner}}] {{labels.note}}', text: '{{message.text}} / {{execution.outcome}}' },
    };
    const { small, office } = await start(runbook(), { notify: { templates } });
    const note = '{{message.link}}\n{{#each labels}}x{{/each}}<!channel>';
    await small.post({ labels: { alertname: 'Broken', service: 'shop', note } });
    await small.world.pass(SECOND);
    const [told] = office.of('closed');
    expect(told?.title).toBe('[team-test] {{message.link}} {{#each labels}}x{{/each}}<!channel>');
    expect(told?.text).toMatch(/ \/ succeeded$/);
  });

  it('that cannot be filled in are replaced by the usual ones, and the log says so once', async () => {
    const templates = { closed: { title: 'about {{labels.nothing}}', text: 'own words' } };
    const { small, office } = await start(runbook(), { notify: { templates } });
    await small.post(broken('a'), broken('b'));
    await small.world.pass(SECOND);
    expect(office.of('closed').map(({ title, text }) => [title, text])).toEqual([
      ['fix on service/a: succeeded', 'own words'],
      ['fix on service/b: succeeded', 'own words'],
    ]);
    expect(small.lines.filter(({ message }) => message.includes('template'))).toMatchObject([
      { level: 'warn', template: 'closed.title', error: 'labels.nothing is missing' },
    ]);
  });
});
