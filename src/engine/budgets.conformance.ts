import { describe, expect, it } from 'vitest';
import type { Claim } from '../core/claim.js';
import { CANCEL, done, MINUTE, PLANNED, StoreAtHand, type OpenStore } from './store-kit.conformance.js';

const HOUR = 60 * MINUTE;
const budget = (limit: number): Extract<Claim, { kind: 'budget' }> => ({
  kind: 'budget',
  guard: 'rate',
  key: 'cut-over',
  limit,
  windowMs: HOUR,
});

/** How many executions may be open or begun within a time. */
export function describeBudgets(open: OpenStore): void {
  describe('budgets', () => {
    const hand = new StoreAtHand(open);
    const refusal = (id: string, limit: number) => hand.refusal(id, budget(limit));

    it('I9: spends no more than the budget, however many ask at once', async () => {
      const all = await Promise.all(Array.from({ length: 20 }, (_, i) => hand.open(`e${i}`, budget(2))));
      expect(all.filter((one) => one.opened)).toHaveLength(2);
      expect(await refusal('late', 2)).toMatchObject({ because: 'rate', key: 'cut-over', used: 2, limit: 2 });
    });

    it('I9: keeps each guard and each key apart', async () => {
      expect(await refusal('e1', 1)).toBeUndefined();
      expect(await hand.refusal('e2', { ...budget(1), key: 'other' })).toBeUndefined();
      expect(await hand.refusal('e3', { ...budget(1), guard: 'change-budget' })).toBeUndefined();
      const blast: Claim = { kind: 'budget', guard: 'blast-radius', key: 'cut-over', limit: 1, windowMs: HOUR };
      expect(await hand.refusal('e4', blast)).toBeUndefined();
      expect(await hand.refusal('e5', blast)).toMatchObject({ because: 'blast-radius', executionId: 'e4' });
    });

    it('I9: counts what is open also when the window is over', async () => {
      await hand.open('e1', budget(1));
      await hand.pass(3 * HOUR);
      expect(await refusal('e2', 1)).toEqual({
        because: 'rate',
        key: 'cut-over',
        used: 1,
        limit: 1,
        executionId: 'e1',
      });
      await hand.live('e1', CANCEL);
      expect(await refusal('e3', 1)).toBeUndefined();
    });

    it('counts what was closed untouched until the window since its opening is over', async () => {
      await hand.open('e1', budget(1));
      await hand.live('e1', CANCEL);
      await hand.pass(20 * MINUTE);
      expect(await refusal('e2', 1)).toMatchObject({ used: 1, executionId: 'e1', leftMs: 40 * MINUTE });
      await hand.pass(40 * MINUTE - 1);
      expect(await refusal('e2', 1)).toMatchObject({ leftMs: 1 });
      await hand.pass(1);
      expect(await refusal('e2', 1)).toBeUndefined();
    });

    it('I9: begins the window anew with the first effect, and never counts an execution against itself', async () => {
      await hand.open('e1', budget(1));
      await hand.pass(50 * MINUTE);
      expect(await hand.begin('e1', budget(1))).toEqual({ saved: 'yes' });
      await hand.live('e1', { type: 'applied', step: 0, key: 'apply', epoch: 1 });
      await hand.pass(50 * MINUTE);
      expect(await refusal('e2', 1)).toMatchObject({ used: 1, executionId: 'e1', leftMs: 10 * MINUTE });
      await hand.pass(10 * MINUTE);
      expect(await refusal('e2', 1)).toBeUndefined();
    });

    it('I9: refuses at the intent what others have used up since the opening', async () => {
      await hand.open('e1');
      await hand.live('e1', PLANNED);
      await hand.open('e2', budget(1));
      expect(await hand.begin('e1', budget(1))).toMatchObject({
        saved: 'refused',
        refusal: { because: 'rate', used: 1, executionId: 'e2' },
      });
      expect((await hand.store.get('e1'))?.execution.steps[0]?.state).toBe('waiting');
      expect((await hand.store.get('e1'))?.targetEpoch).toBe(0);
    });

    it('names the oldest of those that count, and says when the next is free only when that is known', async () => {
      await hand.open('e1', budget(3));
      await hand.pass(MINUTE);
      await hand.open('e2', budget(3));
      await hand.pass(MINUTE);
      await hand.open('e3', budget(3));
      expect(await refusal('e4', 3)).toEqual({
        because: 'rate',
        key: 'cut-over',
        used: 3,
        limit: 3,
        executionId: 'e1',
      });
      await hand.live('e1', CANCEL);
      expect(await refusal('e4', 3)).toMatchObject({ used: 3, executionId: 'e1', leftMs: 58 * MINUTE });
      const lowered = await refusal('e4', 2);
      expect(lowered).toMatchObject({ used: 3, limit: 2, executionId: 'e1' });
      expect(lowered).not.toHaveProperty('leftMs');
    });

    it('never counts an execution twice, and names another than itself', async () => {
      await hand.open('e1', budget(2));
      await hand.pass(1);
      await hand.open('e2', budget(2));
      await hand.live('e1', PLANNED);
      expect(await hand.begin('e1', budget(1))).toMatchObject({ refusal: { used: 1, executionId: 'e2' } });
      expect(await hand.begin('e1', budget(2))).toEqual({ saved: 'yes' });
      expect(await refusal('e3', 2)).toMatchObject({ used: 2 });
    });

    it('I9: a budget of nothing lets nothing through', async () => {
      expect(await refusal('e1', 0)).toEqual({ because: 'rate', key: 'cut-over', used: 0, limit: 0 });
    });

    it('looks without taking', async () => {
      expect(await hand.store.look([budget(1)], 'e1')).toBeUndefined();
      await hand.open('e1', budget(1));
      await hand.live('e1', ...done(1));
      expect(await hand.store.look([budget(1)], 'e2')).toMatchObject({ used: 1, leftMs: HOUR });
      await hand.pass(HOUR);
      expect(await hand.store.look([budget(1)], 'e2')).toBeUndefined();
      expect(await hand.store.look([budget(1)], 'e3')).toBeUndefined();
      expect(await hand.store.look([{ ...budget(1), windowMs: 2 * HOUR }], 'e3')).toMatchObject({ used: 1 });
    });
  });
}
