import { describe, expect, it } from 'vitest';
import type { Claim } from '../core/claim.js';
import {
  alert,
  CANCEL,
  episode,
  MINUTE,
  other,
  receipt,
  resolve,
  StoreAtHand,
  type OpenStore,
} from './store-kit.conformance.js';

/** What the store keeps so that people can ask why. */
export function describeExplaining(open: OpenStore): void {
  describe('what people ask about', () => {
    const hand = new StoreAtHand(open);
    const busy: Claim = { kind: 'exclusive', target: 'traffic/shop' };
    const decisions = (filter: object) => hand.store.decisions({ limit: 10, ...filter });

    it('keeps why no runbook answers, and the labels that it was about; a repeat adds nothing to that', async () => {
      const news = receipt({ openings: [], unmatched: 'no runbook matches: cut-over: ...' });
      const [first] = await hand.store.receive([news]);
      expect(first).toMatchObject([
        { decision: 'noted', because: 'no-runbook', detail: 'no runbook matches: cut-over: ...', labels: alert.labels },
      ]);
      const [repeat] = await hand.store.receive([receipt({ openings: [], repeats: [] })]);
      expect(repeat?.map(({ because, detail, labels }) => [because, detail, labels])).toEqual([
        ['no-runbook', undefined, undefined],
      ]);
      expect(await decisions({})).toEqual([...(repeat ?? []), ...(first ?? [])]);
    });

    it('says why no runbook answers only where nothing else was decided', async () => {
      const refusals = [{ runbook: 'cut-over', because: 'too-old', detail: 'too old' }] as const;
      const [records] = await hand.store.receive([receipt({ openings: [], refusals, unmatched: 'none' })]);
      expect(records?.map(({ because }) => because)).toEqual(['too-old']);
      const [opened] = await hand.store.receive([receipt({ unmatched: 'none' })]);
      expect(opened?.map(({ decision }) => decision)).toEqual(['opened']);
    });

    it('does not keep labels without bound', async () => {
      const labels = { ...alert.labels, note: 'x'.repeat(10_000) };
      const [records] = await hand.store.receive([receipt({ alert: { ...alert, labels } })]);
      expect(records?.map((record) => record.labels)).toEqual([undefined]);
    });

    it('gives the numbers of a refusal beside its sentence, and finds decisions by them', async () => {
      await hand.store.receive([receipt({ claims: [episode(), busy] })]);
      await hand.store.receive([receipt({ id: 'e2', alert: other, claims: [busy] })]);
      const [refused] = await decisions({ because: 'target-busy' });
      expect(refused).toMatchObject({
        decision: 'suppressed',
        detail: 'the target is held by e1',
        refusal: { because: 'target-busy', executionId: 'e1' },
      });
      const found = async (filter: object): Promise<number> => (await decisions(filter)).length;
      expect(await found({ executionId: 'e1' })).toBe(2);
      expect(await found({ executionId: 'e1', decision: 'opened' })).toBe(1);
      expect(await found({ decision: 'closed' })).toBe(0);
      expect(await found({ fingerprint: other.fingerprint })).toBe(1);
      expect(await found({ fingerprint: other.fingerprint, because: 'duplicate' })).toBe(0);
    });

    it('knows the incidents of an alert and who has answered them', async () => {
      const { fingerprint, startsAt } = alert;
      const second: Claim = { kind: 'episode', fingerprint, runbook: 'second', startsAt };
      expect(await hand.store.alert(alert.fingerprint)).toBeUndefined();
      await hand.store.receive([receipt({ claims: [episode(), second] })]);
      await hand.store.receive([receipt({ id: 'e2', alert: { ...alert, startsAt: 12_000 } })]);
      const known = { open: true, firstStartsAt: 10_000, lastStartsAt: 12_000, tombstone: -1, hiddenFlaps: 1 };
      expect(await hand.store.alert(alert.fingerprint)).toEqual({
        episode: known,
        answers: [
          { runbook: 'cut-over', executionId: 'e1' },
          { runbook: 'second', executionId: 'e1' },
        ],
      });
      await hand.save('e1', CANCEL, 13_000);
      await hand.store.receive([resolve(20_000)]);
      const after = await hand.store.alert(alert.fingerprint);
      expect(after?.episode).toEqual({ ...known, open: false, tombstone: 20_000 });
      expect(after?.answers.map(({ closedAt }) => closedAt)).toEqual([await hand.store.now(), undefined]);
    });

    it('knows an alert of which only the end came in', async () => {
      await hand.store.receive([resolve(20_000)]);
      const episodes = (await hand.store.alert(alert.fingerprint))?.episode;
      expect(episodes).toMatchObject({ open: false, tombstone: 20_000, hiddenFlaps: 0 });
    });

    it('only looks when it is asked what would be refused: a storm that is over stays as it is', async () => {
      const storm = (target: string): Claim => {
        return { kind: 'storm', key: 'evict|', target, most: 1, windowMs: 10 * MINUTE, calmMs: MINUTE };
      };
      for (const id of ['e1', 'e2']) await hand.open(id, storm(id));
      expect(await hand.store.look([storm('e3')], 'e3')).toMatchObject({ because: 'storm', targets: 2 });
      await hand.pass(2 * MINUTE);
      expect(await hand.store.look([storm('e3')], 'e3')).toBeUndefined();
      expect(await hand.store.look([storm('e4')], 'e4')).toBeUndefined();
      expect(await hand.open('e3', storm('e3'))).toEqual({ opened: true });
    });
  });
}
