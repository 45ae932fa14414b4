import { describe, expect, it } from 'vitest';
import type { Message } from '../plugin-sdk/call.js';
import {
  JUDGED,
  MINUTE,
  PLANNED,
  REVERT,
  StoreAtHand,
  applied,
  intent,
  sampled,
  type OpenStore,
} from './store-kit.conformance.js';
import type { Claimed, Fact, Mailing } from './outbox.js';
import { OUTBOX } from './outbox.js';

const LEASE = 10_000;

const message = (id: string, execution?: string): Message => ({
  id,
  event: 'held',
  title: `title of ${id}`,
  text: 'two\nlines: "quoted" \u{1F525} %d',
  link: 'http://firebreak/executions/1',
  ...(execution === undefined
    ? {}
    : { execution: { id: execution, runbook: 'fix', target: 'service/shop', phase: 'held' } }),
});

/** One piece of news for notifiers. */
function mailing(id: string, { at = 1, execution = '', to = ['slack/oncall'] } = {}): Mailing {
  const letters = to.map((notifier) => ({ notifier, message: message(id, execution === '' ? undefined : execution) }));
  return { id, at, letters };
}

/** What the store keeps so that every message arrives. */
export function describeOutbox(open: OpenStore): void {
  const hand = new StoreAtHand(open);
  const outbox = () => hand.store.outbox;
  const put = (...news: Mailing[]) => outbox().put(news);
  const claim = async (notifier = 'slack/oncall'): Promise<Claimed | undefined> => outbox().claim(notifier, LEASE);
  const must = async (notifier = 'slack/oncall'): Promise<Claimed> => {
    const claimed = await claim(notifier);
    if (claimed === undefined) throw new Error('nothing could be claimed');
    return claimed;
  };
  const pending = async (): Promise<Fact[]> => (await outbox().facts(5_000, 100)).map(({ fact }) => fact);

  describe('what people may have to hear of', () => {
    it('is noted in the step that saves it, with its place in the journal, and nothing else is', async () => {
      await hand.openAs({ id: 'e1', orders: JUDGED });
      await hand.live('e1', PLANNED, intent('apply', 1), applied(1));
      expect(await pending()).toEqual([]);
      await hand.live('e1', sampled('unknown'));
      expect(await pending()).toEqual([{ is: 'saved', id: 'e1', seq: 5, at: 5_000 }]);
      const journal = await hand.store.journal('e1');
      expect(journal.find(({ seq }) => seq === 5)?.event.type).toBe('sampled');
    });

    it('is noted also when it took trust from the runbook', async () => {
      await hand.openAs({ id: 'e1', orders: JUDGED });
      await hand.live('e1', PLANNED, intent('apply', 1), applied(1), sampled('worse'));
      expect(await pending()).toContainEqual({
        is: 'saved',
        id: 'e1',
        seq: 5,
        at: 5_000,
        lowered: { to: 'observe', why: 'harmful' },
      });
    });

    it('is not noted of a save that somebody else was faster with', async () => {
      await hand.open('e1');
      const before = await hand.store.get('e1');
      if (before === undefined) throw new Error('not there');
      await hand.live('e1', PLANNED);
      const next = {
        ...before.execution,
        state: { phase: 'closed', outcome: 'failed', detail: 'x', plan: [] },
      } as const;
      expect(await hand.store.append({ before, event: REVERT, next, at: 5_000 })).toEqual({ saved: 'stale' });
      expect(await pending()).toEqual([]);
    });

    it('are pauses of people, and their end', async () => {
      const at = await hand.store.now();
      const pause = { id: 'p1', scope: 'all', reason: 'deploy "x"', by: 'ada', at };
      await hand.store.addPause(pause);
      await hand.store.liftPause('p1', { by: 'bob', reason: 'done' });
      await hand.store.liftPause('p1', { by: 'bob', reason: 'again' });
      expect(await pending()).toEqual(
        expect.arrayContaining([
          { is: 'paused', pause },
          { is: 'lifted', pause, by: 'bob', reason: 'done', at },
        ]),
      );
      await hand.pass(5_000);
      expect(await pending()).toHaveLength(2);
    });

    it('is a login for emergencies', async () => {
      const fact = { is: 'break-glass', by: 'ada', from: 'from 10.0.0.1', at: 1 } as const;
      await outbox().note(fact);
      expect(await pending()).toEqual([fact]);
    });

    it('is given to one process at a time, again when that one is gone, and not once it is settled', async () => {
      await hand.store.addPause({ id: 'p1', scope: 'all', reason: 'r', by: 'ada', at: 1 });
      const [fact] = await outbox().facts(5_000, 100);
      expect(await pending()).toEqual([]);
      await hand.pass(5_000);
      expect(await pending()).toHaveLength(1);
      await outbox().put([], fact);
      await hand.pass(5_000);
      expect(await pending()).toEqual([]);
    });
  });

  describe('a letter', () => {
    it('is put once, however many processes have it to tell', async () => {
      const puts = await Promise.all(Array.from({ length: 10 }, () => put(mailing('m1'))));
      expect(puts.filter(({ news }) => news.length === 1)).toHaveLength(1);
      expect(await outbox().list({ limit: 10 })).toHaveLength(1);
    });

    it('is given out whole, to one worker, and not again once it was delivered', async () => {
      await put(mailing('m1', { execution: 'e1' }));
      const claimed = await must();
      expect(claimed).toMatchObject({ notifier: 'slack/oncall', message: message('m1', 'e1'), attempt: 1 });
      expect(await claim()).toBeUndefined();
      expect(await outbox().finish(claimed, { result: 'delivered' })).toBe(true);
      await hand.pass(LEASE);
      expect(await claim()).toBeUndefined();
      expect(await outbox().lanes()).toEqual([]);
      expect(await outbox().list({ execution: 'e1', limit: 10 })).toMatchObject([
        { state: 'delivered', attempts: [{ attempt: 1, result: 'delivered' }] },
      ]);
    });

    it('is given to another worker when the first one does not come back, and the log says so', async () => {
      await put(mailing('m1'));
      const first = await must();
      await hand.pass(LEASE - 1);
      expect(await claim()).toBeUndefined();
      await hand.pass(1);
      const second = await must();
      expect(second.attempt).toBe(2);
      // the first one comes back late: what it failed at counts no more, what it delivered does
      expect(await outbox().finish(first, { result: 'again', againInMs: 1 })).toBe(false);
      expect(await outbox().finish(first, { result: 'delivered' })).toBe(true);
      expect(await outbox().finish(second, { result: 'again', againInMs: 1 })).toBe(false);
      const [record] = await outbox().list({ limit: 1 });
      expect(record?.attempts.map(({ attempt, result }) => [attempt, result])).toEqual([
        [1, 'unknown'],
        [1, 'delivered'],
      ]);
    });

    it('is tried again when its time has come, with why it failed', async () => {
      await put(mailing('m1'));
      await outbox().finish(await must(), { result: 'again', detail: 'answered "500"', againInMs: 4_000 });
      await hand.pass(3_999);
      expect(await claim()).toBeUndefined();
      const [record] = await outbox().list({ limit: 1 });
      expect(record).toMatchObject({ state: 'waiting', attempts: [{ result: 'again', detail: 'answered "500"' }] });
      await hand.pass(1);
      expect((await must()).attempt).toBe(2);
    });

    it('is not tried again once it is given up', async () => {
      await put(mailing('m1'));
      await outbox().finish(await must(), { result: 'given-up', detail: 'gone' });
      await hand.pass(MINUTE);
      expect(await claim()).toBeUndefined();
      expect(await outbox().list({ limit: 1 })).toMatchObject([{ state: 'given-up' }]);
    });

    it('waits for earlier ones about the same execution, but not for ever, and for no others', async () => {
      await put(mailing('m2', { at: 2, execution: 'e1' }), mailing('m1', { at: 1, execution: 'e1' }));
      await put(mailing('m3', { at: 3, execution: 'e2' }));
      for (let attempt = 1; attempt < OUTBOX.patience; attempt++) {
        const claimed = await must();
        expect([claimed.message.id, claimed.attempt]).toEqual(['m1', attempt]);
        await outbox().finish(claimed, { result: 'again', againInMs: 1_000 });
        if (attempt === 1) expect((await must()).message.id).toBe('m3');
        expect(await claim()).toBeUndefined();
        await hand.pass(1_000);
      }
      const last = await must();
      expect([last.message.id, last.attempt]).toEqual(['m1', OUTBOX.patience]);
      await outbox().finish(last, { result: 'again', againInMs: 60_000 });
      expect((await must()).message.id).toBe('m2');
    });

    it('to one notifier keeps none to another waiting', async () => {
      await put(mailing('m1', { execution: 'e1', to: ['slack/oncall', 'email/team'] }));
      expect(new Set(await outbox().lanes())).toEqual(new Set(['slack/oncall', 'email/team']));
      await must();
      expect((await must('email/team')).message.id).toBe('m1');
    });

    it('I15: makes room for newer ones when too many wait, which is said and logged', async () => {
      const many = Array.from({ length: OUTBOX.mostWaiting }, (_, i) => mailing(`m${i}`, { at: i }));
      expect((await put(...many)).pushedOut).toEqual([]);
      const { pushedOut } = await put(mailing('new', { at: 5_000 }));
      expect(pushedOut.map((letter) => letter.message.id)).toEqual(['m0']);
      expect(await outbox().waiting()).toMatchObject([{ notifier: 'slack/oncall', count: OUTBOX.mostWaiting }]);
      expect((await must()).message.id).toBe('m1');
    });

    it('is counted while it waits, with how long', async () => {
      await put(mailing('m1'), mailing('m2', { to: ['email/team'] }));
      const oldestPutAt = await hand.store.now();
      expect(await outbox().waiting()).toEqual([
        { notifier: 'email/team', count: 1, oldestPutAt },
        { notifier: 'slack/oncall', count: 1, oldestPutAt },
      ]);
    });

    it('is listed by its execution, those put last first', async () => {
      await put(mailing('m1', { execution: 'e1' }));
      await hand.pass(1);
      await put(mailing('m2', { execution: 'e1' }), mailing('m3', { execution: 'e2' }));
      const ids = async (execution?: string) =>
        (await outbox().list({ limit: 10, ...(execution === undefined ? {} : { execution }) })).map(
          (one) => one.message.id,
        );
      expect(await ids('e1')).toEqual(['m2', 'm1']);
      expect((await ids()).at(-1)).toBe('m1');
      expect(await ids('e3')).toEqual([]);
      expect(await outbox().list({ limit: 1 })).toHaveLength(1);
    });
  });

  describe('a reminder', () => {
    it('is set together with the news, given when its time has come, and put off', async () => {
      const at = (await hand.store.now()) + MINUTE;
      await put({ ...mailing('m1'), remind: { of: 'held|e1', at } });
      await put({ ...mailing('m1'), remind: { of: 'held|e2', at: 0 } });
      await hand.pass(MINUTE - 1);
      expect(await outbox().reminders(5_000, 10)).toEqual([]);
      await hand.pass(1);
      expect(await outbox().reminders(5_000, 10)).toEqual(['held|e1']);
      expect(await outbox().reminders(5_000, 10)).toEqual([]);
      await hand.pass(5_000);
      expect(await outbox().reminders(5_000, 10)).toEqual(['held|e1']);
      await outbox().remind('held|e1', at + 2 * MINUTE);
      await hand.pass(10_000);
      expect(await outbox().reminders(5_000, 10)).toEqual([]);
      await outbox().forget('held|e1');
      await hand.pass(10 * MINUTE);
      expect(await outbox().reminders(5_000, 10)).toEqual([]);
    });
  });

  describe('who looks after an execution', () => {
    it('is known, and stands in the audit', async () => {
      const at = await hand.store.now();
      const taken = { by: 'ada', at, until: at + MINUTE, reason: 'on it' };
      await outbox().take('e1', taken, 'ada by token');
      expect(await outbox().taken('e1')).toEqual(taken);
      expect(await outbox().taken('e2')).toBeUndefined();
      const [record] = await hand.store.audit(0, 10);
      expect(JSON.parse(record?.text ?? '')).toMatchObject({
        what: 'taken',
        of: 'e1',
        by: 'ada',
        from: 'ada by token',
        detail: 'on it',
      });
    });
  });
}
