import { describe, expect, it } from 'vitest';
import type { Event } from '../core/event.js';
import { anAlert, anExecution } from '../testing/examples.js';
import { CANCEL, PLANNED, receipt, StoreAtHand, type OpenStore } from './store-kit.conformance.js';

/** How executions are saved and listed. */
export function describeSaving(open: OpenStore): void {
  describe('saving', () => {
    const hand = new StoreAtHand(open);

    it('I7: lets one of several saves from the same version through', async () => {
      await hand.store.receive([receipt()]);
      const all = await Promise.all(Array.from({ length: 10 }, (_, i) => hand.save('e1', PLANNED, 2_000 + i)));
      expect(all.filter(({ saved }) => saved === 'yes')).toHaveLength(1);
      expect(await hand.store.journal('e1')).toHaveLength(2);
    });

    it('I7: refuses an intent whose epoch was used on the target', async () => {
      for (const id of ['e1', 'e2']) {
        await hand.store.open(anExecution({ id }), []);
        await hand.save(id, PLANNED, 2_000);
      }
      const intend = (epoch: number): Event => ({
        type: 'apply-intended',
        step: 0,
        intent: { key: 'k', epoch, owner: 'w', at: 3_000, deadline: 33_000 },
      });
      expect(await hand.save('e1', intend(7), 3_000)).toEqual({ saved: 'yes' });
      expect(await hand.save('e2', intend(7), 3_000)).toEqual({ saved: 'stale' });
      expect((await hand.store.get('e2'))?.targetEpoch).toBe(7);
      expect(await hand.store.holdsEpoch('traffic/shop', 7)).toBe(true);
      expect(await hand.save('e2', intend(8), 3_000)).toEqual({ saved: 'yes' });
      expect(await hand.store.holdsEpoch('traffic/shop', 7)).toBe(false);
    });

    it('I10: saves no intent while a pause is in force', async () => {
      await hand.store.open(anExecution(), []);
      await hand.store.addPause({ id: 'p', scope: 'all', reason: 'stop', by: 'ada', at: 0 });
      const saved = await hand.save('e1', PLANNED, 2_000, [{ kind: 'unpaused', scopes: ['all'] }]);
      expect(saved).toMatchObject({ saved: 'refused', refusal: { because: 'paused', reason: 'stop' } });
      expect((await hand.store.get('e1'))?.execution.state.phase).toBe('planning');
    });

    it('lists by phase, outcome, runbook and target, newest first and page by page', async () => {
      for (const id of ['e1', 'e2', 'e3', 'e4', 'e5'])
        await hand.store.open(anExecution({ id, runbook: id === 'e2' ? 'two' : 'one' }), []);
      await hand.save('e3', CANCEL, 2_000);
      const ids = async (filter: object) =>
        (await hand.store.list({ limit: 10, ...filter })).items.map((one) => one.id);
      expect((await ids({})).toSorted()).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
      expect((await ids({ phase: 'planning' })).toSorted()).toEqual(['e1', 'e2', 'e4', 'e5']);
      expect(await ids({ phase: 'closed' })).toEqual(['e3']);
      expect(await ids({ outcome: 'cancelled' })).toEqual(['e3']);
      expect(await ids({ runbook: 'two' })).toEqual(['e2']);
      expect(await ids({ target: 'elsewhere' })).toEqual([]);
      const walked: string[] = [];
      for (let cursor: string | undefined, page = 0; page < 5; page++) {
        const found = await hand.store.list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
        walked.push(...found.items.map((one) => one.id));
        cursor = found.cursor;
        if (cursor === undefined) break;
      }
      expect(walked.toSorted()).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
      expect([...(await hand.store.countOpen())].filter(([, count]) => count > 0)).toEqual([['planning', 4]]);
    });

    it('lists page by page also what was opened in one moment', async () => {
      const alerts = Array.from({ length: 450 }, (_, i) => anAlert({ labels: { alertname: 'X', i: String(i) } }));
      await hand.store.receive(alerts.map((one, i) => receipt({ id: `m${i}`, alert: one, claims: [] })));
      const seen = new Set<string>();
      let cursor: string | undefined;
      do {
        const page = await hand.store.list({ limit: 40, ...(cursor === undefined ? {} : { cursor }) });
        for (const { id } of page.items) seen.add(id);
        ({ cursor } = page);
      } while (cursor !== undefined);
      expect(seen.size).toBe(450);
    });
  });
}
