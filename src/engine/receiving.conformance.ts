import { describe, expect, it } from 'vitest';
import { evolve } from '../core/evolve.js';
import { anAlert, anExecution } from '../testing/examples.js';
import type { Receipt } from './execution-store.js';
import {
  alert,
  CANCEL,
  episode,
  other,
  PLANNED,
  receipt,
  resolve,
  StoreAtHand,
  type OpenStore,
} from './store-kit.conformance.js';

/** How alerts are taken in. */
export function describeReceiving(open: OpenStore): void {
  describe('receiving alerts', () => {
    const hand = new StoreAtHand(open);

    it('opens an execution with its journal and finds it again', async () => {
      expect(await hand.decide(receipt())).toEqual([['opened', undefined, 'e1']]);
      expect((await hand.store.get('e1'))?.execution).toEqual(anExecution({ alert }));
      expect(await hand.store.journal('e1')).toMatchObject([{ seq: 1, event: { type: 'opened' } }]);
      expect((await hand.store.list({ limit: 10 })).items.map((one) => one.id)).toEqual(['e1']);
    });

    it('I3: answers one episode once, whatever startsAt the repeats carry', async () => {
      await hand.store.receive([receipt()]);
      for (const startsAt of [10_000, 9_000, 17_000]) {
        const repeat = receipt({ id: 'e2', alert: { ...alert, startsAt }, claims: [episode(startsAt)] });
        expect(await hand.decide(repeat)).toEqual([['suppressed', 'duplicate', 'e1']]);
      }
      expect((await hand.store.list({ limit: 10 })).items).toHaveLength(1);
    });

    it('knows a repeat without being told what would be done', async () => {
      const repeats = [{ runbook: 'cut-over', executionId: 'e1' }];
      const repeat = (change: Partial<Receipt> = {}) => hand.decide(receipt({ openings: [], repeats, ...change }));
      expect(await repeat()).toEqual([]);
      expect(await hand.store.decisions({ limit: 10 })).toEqual([]);
      await hand.store.receive([receipt()]);
      expect(await repeat()).toEqual([['suppressed', 'duplicate', 'e1']]);
      expect(await repeat({ repeats: [{ runbook: 'cut-over', executionId: 'other' }] })).toEqual([]);
      await hand.store.receive([resolve(20_000)]);
      expect(await repeat()).toEqual([]);
      expect(await hand.decide(receipt({ id: 'e2' }))).toEqual([['suppressed', 'stale', undefined]]);
    });

    it('does not take an alert for a repeat that began after its execution had ended', async () => {
      await hand.store.receive([receipt()]);
      await hand.save('e1', CANCEL, 11_000);
      const later = { ...alert, startsAt: (await hand.store.now()) + 60_000 };
      const repeats = [{ runbook: 'cut-over', executionId: 'e1' }];
      expect(await hand.decide(receipt({ openings: [], repeats, alert: later }))).toEqual([]);
      expect(await hand.decide(receipt({ openings: [], repeats }))).toEqual([['suppressed', 'duplicate', 'e1']]);
    });

    it('I3: takes a firing that began before the known resolve for old news', async () => {
      await hand.store.receive([receipt(), resolve(20_000)]);
      expect(await hand.decide(receipt({ id: 'e2' }))).toEqual([['suppressed', 'stale', undefined]]);
      const atTheEnd = receipt({ id: 'e2', alert: { ...alert, startsAt: 20_000 }, claims: [episode(20_000)] });
      expect(await hand.decide(atTheEnd)).toEqual([['suppressed', 'stale', undefined]]);
      const later = receipt({ id: 'e3', alert: { ...alert, startsAt: 20_001 }, claims: [episode(20_001)] });
      expect(await hand.decide(later)).toEqual([['opened', undefined, 'e3']]);
    });

    it('I3: remembers a resolve that came before its firing', async () => {
      expect(await hand.decide(resolve(20_000))).toEqual([['noted', undefined, undefined]]);
      expect(await hand.decide(receipt())).toEqual([['suppressed', 'stale', undefined]]);
    });

    it('takes a resolve that ended before the episode last started for old news', async () => {
      await hand.store.receive([receipt({ alert: { ...alert, startsAt: 30_000 } })]);
      expect(await hand.decide(resolve(20_000))).toEqual([['noted', undefined, undefined]]);
      expect((await hand.store.get('e1'))?.signals).toEqual([]);
      expect(await hand.decide(resolve(40_000))).toEqual([['closed', undefined, 'e1']]);
    });

    it('answers an alert again that began after its execution had ended, if nothing else forbids it', async () => {
      await hand.store.receive([receipt()]);
      await hand.save('e1', CANCEL, 11_000);
      const later = (await hand.store.now()) + 60_000;
      const again = receipt({ id: 'e2', alert: { ...alert, startsAt: later }, claims: [episode(later)] });
      expect(await hand.decide(again)).toEqual([['opened', undefined, 'e2']]);
    });

    it('tells an open execution that its alert resolved, and no save made before counts', async () => {
      await hand.store.receive([receipt()]);
      const before = await hand.store.get('e1');
      expect(await hand.decide(resolve(20_000))).toEqual([['closed', undefined, 'e1']]);
      expect((await hand.store.get('e1'))?.signals).toEqual([{ type: 'alert-resolved', endsAt: 20_000 }]);
      if (before === undefined) throw new Error('e1 is not there');
      const evolved = evolve(before.execution, PLANNED, 11_000);
      if (!evolved.ok) throw new Error(evolved.detail);
      const late = await hand.store.append({ before, event: PLANNED, next: evolved.next, at: 11_000 });
      expect(late).toEqual({ saved: 'stale' });
    });

    it('takes a signal away with the save that took it in', async () => {
      await hand.store.receive([receipt(), resolve(20_000)]);
      await hand.save('e1', { type: 'alert-resolved', endsAt: 20_000 }, 21_000);
      const after = await hand.store.get('e1');
      expect(after?.signals).toEqual([]);
      expect(after?.execution.state).toMatchObject({ phase: 'closed', outcome: 'not-needed' });
    });

    it('tells what still holds that its alert fires again', async () => {
      await hand.store.receive([
        receipt(),
        resolve(20_000),
        receipt({ id: 'e2', alert: { ...alert, startsAt: 30_000 }, openings: [] }),
      ]);
      expect((await hand.store.get('e1'))?.signals.map((signal) => signal.type)).toEqual([
        'alert-resolved',
        'alert-refired',
      ]);
    });

    it('I2: keeps a decision for each alert, also for each no', async () => {
      const refusals = [{ runbook: 'other', because: 'too-old', detail: 'three days old' }] as const;
      await hand.store.receive([receipt({ refusals }), receipt({ alert: other, openings: [] })]);
      const kept = await hand.store.decisions({ limit: 10 });
      const told = kept.map(({ runbook = '', decision, because = '' }) => `${runbook} ${decision} ${because}`);
      expect(new Set(told)).toEqual(new Set([' noted no-runbook', 'cut-over opened ', 'other suppressed too-old']));
      expect(await hand.store.decisions({ limit: 10, fingerprint: other.fingerprint })).toHaveLength(1);
      expect(await hand.store.decisions({ limit: 10, since: (await hand.store.now()) + 1 })).toHaveLength(0);
    });

    it('keeps order and number for more alerts than go into one call', async () => {
      const many = Array.from({ length: 250 }, (_, i) => {
        const one = anAlert({ labels: { alertname: 'X', i: String(i) } });
        return receipt({ id: `m${i}`, alert: one, claims: [] });
      });
      const answers = await hand.store.receive(many);
      expect(answers.map((one) => one[0]?.executionId)).toEqual(many.map((_, i) => `m${i}`));
    });
  });
}
