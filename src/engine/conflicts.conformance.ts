import { describe, expect, it } from 'vitest';
import type { Claim } from '../core/claim.js';
import { anExecution, someOrders } from '../testing/examples.js';
import {
  applied,
  CANCEL,
  intent,
  MINUTE,
  PLANNED,
  REVERT,
  reverted,
  StoreAtHand,
  type OpenStore,
} from './store-kit.conformance.js';

/** No eviction during a cut-over: the executions of the tests work with the plugin `pretend`. */
const cutOver: Claim = { kind: 'compatible', plugins: ['pretend'], opponents: ['evict', 'pretend'], look: false };
const evict: Claim = { kind: 'compatible', plugins: ['evict'], opponents: ['pretend'], look: true };

/** Plugins that are never at work at the same time. */
export function describeConflicts(open: OpenStore): void {
  describe('conflicts', () => {
    const hand = new StoreAtHand(open);
    const conflict = (executionId: string) => ({ because: 'conflict', plugin: 'pretend', executionId });
    /** Opens an execution whose change stays in force for a while, and announces that. */
    const begin = async (id: string, epoch: number) => {
      await hand.store.open(anExecution({ id, orders: someOrders({ leaseMs: MINUTE }) }), []);
      await hand.live(id, PLANNED);
      return hand.save(id, intent('apply', epoch), 5_000, [cutOver]);
    };

    it('I9: refuses a plugin while one is at work that it must not meet', async () => {
      expect(await hand.refusal('e0', evict)).toBeUndefined();
      expect(await begin('e1', 1)).toEqual({ saved: 'yes' });
      expect(await hand.refusal('e2', evict)).toEqual(conflict('e1'));
      expect(await begin('e3', 2)).toEqual({ saved: 'refused', refusal: conflict('e1') });
      const elsewhere: Claim = { kind: 'compatible', plugins: ['mail'], opponents: ['mail'], look: false };
      expect(await hand.refusal('e4', elsewhere)).toBeUndefined();
    });

    it('is at work only from the first intent: looking takes nothing', async () => {
      expect(
        await hand.refusal('e1', { kind: 'compatible', plugins: ['pretend'], opponents: [], look: true }),
      ).toBeUndefined();
      expect(await hand.refusal('e2', evict)).toBeUndefined();
      expect(await hand.store.look([cutOver], 'e3')).toBeUndefined();
      expect(await hand.refusal('e4', evict)).toBeUndefined();
    });

    it('never stands in its own way', async () => {
      await begin('e1', 1);
      expect(await hand.store.look([cutOver], 'e1')).toBeUndefined();
    });

    it('is at rest when its change is in force, and at work again when that is taken back', async () => {
      await begin('e1', 1);
      await hand.live('e1', applied(1));
      expect((await hand.store.get('e1'))?.execution.state.phase).toBe('holding');
      expect(await hand.refusal('e2', evict)).toBeUndefined();
      await hand.live('e1', CANCEL);
      expect(await hand.refusal('e3', evict)).toEqual(conflict('e1'));
      await hand.live('e1', intent('revert', 2), reverted(2));
      expect(await hand.refusal('e4', evict)).toBeUndefined();
    });

    it('is at work again when a change is taken back that was kept', async () => {
      await hand.open('e1');
      await hand.live('e1', PLANNED);
      await hand.save('e1', intent('apply', 1), 5_000, [cutOver]);
      await hand.live('e1', applied(1));
      expect(await hand.refusal('e2', evict)).toBeUndefined();
      await hand.live('e1', REVERT);
      expect(await hand.refusal('e3', evict)).toEqual(conflict('e1'));
    });

    it('names the one that has been at work for longest', async () => {
      for (const [i, id] of ['e3', 'e1', 'e2'].entries()) {
        await hand.pass(1);
        await hand.open(id, { kind: 'compatible', plugins: ['pretend'], opponents: [], look: false });
        expect(await hand.refusal(`look-${i}`, evict)).toEqual(conflict('e3'));
      }
      await hand.live('e3', CANCEL);
      expect(await hand.refusal('e4', evict)).toEqual(conflict('e1'));
    });
  });
}
