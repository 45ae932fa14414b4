import { describe, expect, it } from 'vitest';
import type { DataLoss } from '../core/step-plan.js';
import { aPlan, someOrders } from '../testing/examples.js';
import {
  applied,
  CANCEL,
  done,
  intent,
  PLANNED,
  reverted,
  StoreAtHand,
  type OpenStore,
} from './store-kit.conformance.js';

/** What can be taken back, and what changes may have lost. */
export function describeRevertible(open: OpenStore): void {
  describe('what is in force', () => {
    const hand = new StoreAtHand(open);
    const listed = async (limit = 10): Promise<[string[], number]> => {
      const { items, total } = await hand.store.revertible(limit);
      return [items.map(({ id }) => id), total];
    };
    const openOn = (id: string, orders = someOrders()) => hand.openAs({ id, target: id, orders });

    it('lists what can be taken back, the open ones first and then the newest', async () => {
      const leased = someOrders({ leaseMs: 60_000 });
      for (const id of ['held-1', 'held-2']) {
        await openOn(id, leased);
        await hand.live(id, ...done(1));
        await hand.pass(5);
      }
      for (const id of ['ended-1', 'ended-2', 'ended-3']) {
        await openOn(id);
        await hand.live(id, ...done(1));
        await hand.pass(5);
      }
      await openOn('nothing');
      await hand.live('nothing', PLANNED);
      await openOn('stopped');
      await hand.live('stopped', CANCEL);
      expect(await listed()).toEqual([['held-2', 'held-1', 'ended-3', 'ended-2', 'ended-1'], 5]);
      expect(await listed(2)).toEqual([['held-2', 'held-1'], 5]);
      expect(await listed(0)).toEqual([[], 5]);
    });

    it('forgets what was taken back', async () => {
      await openOn('e1');
      await hand.live('e1', ...done(1));
      expect(await listed()).toEqual([['e1'], 1]);
      await hand.live('e1', { type: 'revert-asked', by: 'ada', reason: 'r' }, intent('revert', 2));
      expect(await listed()).toEqual([[], 0]);
      await hand.live('e1', reverted(2));
      expect(await listed()).toEqual([[], 0]);
    });

    it('D7: keeps for each runbook what its last change in force may have lost', async () => {
      const ended = async (id: string, runbook: string, dataLossMs?: DataLoss): Promise<void> => {
        await hand.openAs({ id, target: id, runbook });
        const [step] = aPlan(someOrders());
        const plan = step === undefined ? [] : [{ ...step, ...(dataLossMs === undefined ? {} : { dataLossMs }) }];
        await hand.live(id, { type: 'planned', plan, digest: 'd' }, intent('apply', 1), applied(1));
      };
      await ended('e1', 'with-data', 5_000);
      await ended('e2', 'traffic-only');
      await ended('e3', 'blind', 'unknown');
      expect(Object.fromEntries(await hand.store.governance.recoveryPoints())).toEqual({
        'with-data': 5_000,
        blind: 'unknown',
      });
      await ended('e4', 'with-data', 0);
      expect((await hand.store.governance.recoveryPoints()).get('with-data')).toBe(0);
    });
  });
}
