import { describe, expect, it } from 'vitest';
import type { Claim } from '../core/claim.js';
import { sha1Hex, type AuditFact } from './audit.js';
import { sha256Hex } from '../core/plan-digest.js';
import { readAuditFact } from './stored-json.js';
import { anExecution } from '../testing/examples.js';
import { CANCEL, done, MINUTE, PLANNED, receipt, StoreAtHand, type OpenStore } from './store-kit.conformance.js';
import { verifyAudit } from './verify-audit.js';

/** The chain of everything that was done. */
export function describeAudit(open: OpenStore): void {
  describe('the audit', () => {
    const hand = new StoreAtHand(open);
    const facts = async (): Promise<AuditFact[]> =>
      (await hand.store.audit(0, 1_000)).map(({ text }) => readAuditFact(text));
    const said = async (): Promise<string[]> =>
      (await facts()).map(({ what, of, by = '', detail = '' }) => `${what} ${of} ${by} ${detail}`.trim());

    it('I13: begins with nothing', async () => {
      expect(await hand.store.auditHead()).toEqual({ n: 0, hash: '' });
      expect(await hand.store.audit(0, 10)).toEqual([]);
      expect(await verifyAudit(hand.store)).toMatchObject({ ok: true, records: 0, executions: 0 });
    });

    it('I13: has a record of each event, with its place, its time, who did it and the digest of the journal', async () => {
      await hand.store.receive([receipt()]);
      await hand.open('e2');
      const openedAt = await hand.store.now();
      await hand.pass(MINUTE);
      await hand.live('e1', PLANNED, CANCEL);
      const digest = async (id: string, i: number): Promise<string> => {
        const line = (await hand.store.journalLines(id))[i] ?? '';
        return sha256Hex(line.slice(line.indexOf('"event":') + '"event":'.length, -1));
      };
      expect(await facts()).toEqual([
        { n: 1, at: openedAt, what: 'opened', of: 'e1', seq: 1, by: 'alertmanager', digest: await digest('e1', 0) },
        { n: 2, at: openedAt, what: 'opened', of: 'e2', seq: 1, by: 'alertmanager', digest: await digest('e2', 0) },
        { n: 3, at: 5_000, what: 'planned', of: 'e1', seq: 2, digest: await digest('e1', 1) },
        {
          n: 4,
          at: 5_000,
          what: 'cancelled',
          of: 'e1',
          seq: 3,
          by: 'ada',
          digest: await digest('e1', 2),
          detail: 'no',
        },
      ]);
    });

    it('I13: each hash covers the one before it, and the head is the last', async () => {
      await hand.open('e1');
      await hand.live('e1', ...done(1));
      const records = await hand.store.audit(0, 10);
      let before = '';
      for (const [i, { n, text, hash }] of records.entries()) {
        expect([n, hash]).toEqual([i + 1, sha1Hex(before + text)]);
        before = hash;
      }
      expect(await hand.store.auditHead()).toEqual({ n: records.length, hash: before });
    });

    it('I13: has a record of everything that a person changes for others', async () => {
      const { store } = hand;
      const { governance } = store;
      const at = await store.now();
      const pause = { id: 'p1', scope: 'target:traffic/*', reason: 'a "test"', by: 'ada', at };
      await store.addPause({ ...pause, until: at + MINUTE });
      await store.liftPause('p1', { by: 'grace', reason: 'done' });
      await governance.setServing('a', false, { by: 'ada', reason: 'it burns' });
      await governance.setServing('a', true, { by: 'grace' });
      const storm: Claim = { kind: 'storm', key: 'cut-over|', target: 't', most: 0, windowMs: MINUTE, calmMs: MINUTE };
      await hand.refusal('e1', storm);
      await governance.endStorm('cut-over|', { by: 'ada', reason: 'false alarm' });
      const until = new Date(at + MINUTE).toISOString();
      expect(await said()).toEqual([
        `pause-added p1 ada target:traffic/*: a "test", until ${until}`,
        'pause-lifted p1 grace done',
        'center-set a ada out of service: it burns',
        'center-set a grace in service',
        'storm-ended cut-over| ada false alarm',
      ]);
      expect((await facts()).map((fact) => fact.at)).toEqual(Array.from({ length: 5 }, () => at));
    });

    it('I13: says by which account and from where, when it is known', async () => {
      const { store } = hand;
      const { governance } = store;
      const from = 'token:a"b by token from 127.0.0.1';
      const doer = { by: 'ada', from, reason: 'why' };
      await store.addPause({ id: 'p1', scope: 'all', reason: 'stop', by: 'ada', at: await store.now() }, from);
      await store.liftPause('p1', doer);
      await governance.setServing('a', false, doer);
      await governance.noteReload(false, doer);
      await governance.noteReload(true, { by: 'ada' });
      await governance.noteLogin('local:night', { by: 'night', from });
      await hand.open('e1', { kind: 'exclusive', target: 't' });
      await store.open(
        anExecution({
          id: 'e2',
          reason: 'a drill',
          requestedBy: 'ada',
          requestedFrom: from,
          requestedAccount: 'token:a',
        }),
        [],
      );
      expect((await facts()).map((fact) => [fact.what, fact.by, fact.from, fact.detail])).toEqual([
        ['pause-added', 'ada', from, 'all: stop'],
        ['pause-lifted', 'ada', from, 'why'],
        ['center-set', 'ada', from, 'out of service: why'],
        ['reload-asked', 'ada', from, 'why'],
        ['reload-asked', 'ada', undefined, 'runbooks may be lost'],
        ['logged-in', 'night', from, undefined],
        ['opened', 'alertmanager', undefined, undefined],
        ['opened', 'ada', from, 'a drill'],
      ]);
      expect(await verifyAudit(store)).toMatchObject({ ok: true, records: 8 });
    });

    it('I13: has a record of a target that was frozen, one', async () => {
      const claim: Claim = { kind: 'refires', target: 'a/"b"', fingerprint: 'f', limit: 1, windowMs: MINUTE };
      await hand.open('e1', claim);
      await hand.refusal('e2', claim);
      await hand.refusal('e3', claim);
      const [pause] = await hand.store.pauses();
      expect((await said()).slice(1)).toEqual([
        `pause-added ${pause?.id} firebreak target:a/"b": the alert came back 1 times after it was answered, last by e1`,
      ]);
    });

    it('I13: has no record of what was not done', async () => {
      const { store } = hand;
      await hand.open('e1', { kind: 'exclusive', target: 't' });
      const before = await store.get('e1');
      expect(await hand.refusal('e2', { kind: 'exclusive', target: 't' })).toBeDefined();
      expect(await hand.begin('e1', { kind: 'unpaused', scopes: ['all'] })).toEqual({ saved: 'yes' });
      const head = await store.auditHead();
      if (before === undefined) throw new Error('e1 is not there');
      expect(await store.append({ before, event: CANCEL, next: before.execution, at: 5_000 })).toEqual({
        saved: 'stale',
      });
      await store.liftPause('p1', { by: 'ada' });
      await store.governance.endStorm('x', { by: 'ada' });
      await store.governance.restoreTrust('cut-over', { by: 'ada' });
      await store.look([{ kind: 'refires', target: 't', fingerprint: 'f', limit: 0, windowMs: 1 }], 'e3');
      expect(await store.auditHead()).toEqual(head);
    });

    it('I13: gives records page by page, and verifies', async () => {
      for (let i = 0; i < 30; i++) await hand.open(`e${i}`);
      const pages = await Promise.all([0, 10, 20, 30].map((after) => hand.store.audit(after, 10)));
      expect(pages.map((page) => page.map(({ n }) => n))).toEqual([
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        [11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
        [21, 22, 23, 24, 25, 26, 27, 28, 29, 30],
        [],
      ]);
      const head = await hand.store.auditHead();
      const whole = { ok: true, head, from: 1, records: 30, executions: 30, entries: 30 };
      expect(await verifyAudit(hand.store)).toEqual(whole);
      expect(await verifyAudit(hand.store, { expect: { n: 10, hash: pages[0]?.[9]?.hash ?? '' } })).toEqual(whole);
    });
  });
}
