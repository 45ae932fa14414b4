import { describe, expect, it } from 'vitest';
import { anExecution } from '../testing/examples.js';
import { CANCEL, StoreAtHand, type OpenStore } from './store-kit.conformance.js';

/** How executions are found again, and who lives. */
export function describeWaking(open: OpenStore): void {
  describe('wake-ups', () => {
    const hand = new StoreAtHand(open);

    it('I5: finds what is overdue, once per turn', async () => {
      await hand.store.open(anExecution(), []);
      expect(await hand.store.overdue(60_000, 5_000, 10)).toEqual([]);
      expect(await hand.store.overdue(-1, 5_000, 10)).toEqual(['e1']);
      expect(await hand.store.overdue(-1, 5_000, 10)).toEqual([]);
      await hand.save('e1', CANCEL, 2_000);
      expect(await hand.store.overdue(-60_000, 5_000, 10)).toEqual([]);
      expect(await hand.store.oldestDue()).toBe(0);
    });

    it('tells who watches what changed', async () => {
      const seen = new Set<string>();
      const stop = hand.store.watch((id) => seen.add(id));
      // a subscription has no answer to wait for, so the news is made until it arrives
      for (let i = 0; seen.size === 0 && i < 1_000; i++) await hand.store.open(anExecution({ id: `watched-${i}` }), []);
      expect([...seen][0]).toMatch(/^watched-/);
      stop();
    });

    it('I16: remembers the last canary', async () => {
      expect(await hand.store.lastCanary()).toBeUndefined();
      await hand.store.noteCanary(5);
      expect(await hand.store.lastCanary()).toBe(5);
    });

    it('knows which process lives', async () => {
      expect(await hand.store.alive('w1')).toBe(false);
      await hand.store.beat('w1', 60_000);
      expect(await hand.store.alive('w1')).toBe(true);
    });
  });
}
