import { describe, expect, it } from 'vitest';
import type { Claim } from '../core/claim.js';
import type { Event } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import { FIGURES } from '../core/scorecard.js';
import { anExecution, someOrders } from '../testing/examples.js';
import {
  alert,
  applied,
  CANCEL,
  done,
  intent,
  JUDGED,
  MINUTE,
  PLANNED,
  sampled,
  StoreAtHand,
  type OpenStore,
} from './store-kit.conformance.js';

const NOTHING = Object.fromEntries(FIGURES.map((figure) => [figure, 0]));
const trusted = (mode: 'auto' | 'approve' | 'observe'): Claim => ({ kind: 'trusted', runbook: 'cut-over', mode });

/** The figures of runbooks, and the trust that rests on them. */
export function describeTrust(open: OpenStore): void {
  describe('trust', () => {
    const hand = new StoreAtHand(open);
    const scorecard = (runbook = 'cut-over') => hand.store.governance.scorecard(runbook);
    const standing = (change: Partial<Execution> = {}) => hand.store.governance.standing(anExecution(change));
    const restoreTrust = () => hand.store.governance.restoreTrust('cut-over', { by: 'ada' });
    let epoch = 0;
    /** An execution that is judged; gives what the save of the verdict says. */
    const judged = async (id: string, sample: Event, change: Partial<Execution> = {}) => {
      await hand.openAs({ id, orders: JUDGED, ...change });
      epoch++;
      return hand.live(id, PLANNED, intent('apply', epoch), applied(epoch), sample);
    };

    it('counts everything from the first execution', async () => {
      expect(await scorecard()).toEqual({ counts: NOTHING, failuresInARow: 0 });
      await judged('e1', sampled('healthy'));
      await judged('e2', sampled('unhealthy'));
      await hand.open('e3');
      await hand.live('e3', CANCEL);
      await judged('e4', sampled('unknown'));
      expect(await scorecard()).toMatchObject({
        counts: { ...NOTHING, fired: 4, verified: 1, notVerified: 1, unverifiable: 1, held: 1 },
        failuresInARow: 1,
      });
      expect(await scorecard('throttle')).toEqual({ counts: NOTHING, failuresInARow: 0 });
    });

    it('knows the median of the recoveries', async () => {
      for (const [i, startsAt] of [4_000, 1_000, 2_000].entries()) {
        const timeline = { startsAt, receivedAt: startsAt, openedAt: startsAt };
        await judged(`e${i}`, sampled('healthy'), { timeline });
      }
      expect((await scorecard()).medianRecoveryMs).toBe(3_000);
      await judged('e4', sampled('healthy'), { timeline: { startsAt: 3_000, receivedAt: 0, openedAt: 0 } });
      expect((await scorecard()).medianRecoveryMs).toBe(2_500);
    });

    it('I9: takes the right to act alone after three verifications in a row that failed', async () => {
      expect(await judged('e1', sampled('unhealthy'))).toEqual({ saved: 'yes' });
      expect(await judged('e2', sampled('unhealthy'))).toEqual({ saved: 'yes' });
      expect((await standing()).trust).toBeUndefined();
      const at = await hand.store.now();
      expect(await judged('e3', sampled('unhealthy'))).toEqual({
        saved: 'yes',
        lowered: { to: 'approve', why: 'not-verified' },
      });
      const trust = { to: 'approve', why: 'not-verified', executionId: 'e3', at };
      expect(await standing()).toEqual({ fixes: [], trust });
      expect(await scorecard()).toMatchObject({ failuresInARow: 3, trust });
      expect(await judged('e4', sampled('unhealthy'))).toEqual({ saved: 'yes' });
      expect((await standing()).trust).toEqual(trust);
      expect(await standing({ runbook: 'throttle' })).toEqual({ fixes: [] });
    });

    it('counts failures in a row only', async () => {
      for (const sample of ['unhealthy', 'unhealthy', 'healthy', 'unhealthy', 'unknown', 'unhealthy'] as const) {
        expect(await judged(`e${epoch}`, sampled(sample))).toEqual({ saved: 'yes' });
      }
      expect(await scorecard()).toMatchObject({ failuresInARow: 2 });
    });

    it('I9: lets a runbook only observe that did harm once, also one that had to ask already', async () => {
      const lowered = { to: 'observe', why: 'harmful' };
      for (const id of ['e1', 'e2', 'e3']) await judged(id, sampled('unhealthy'));
      expect(await judged('e4', sampled('worse'))).toEqual({ saved: 'yes', lowered });
      expect(await judged('e5', sampled('worse'))).toEqual({ saved: 'yes' });
      expect((await standing()).trust).toMatchObject({ ...lowered, executionId: 'e4' });
      expect(await scorecard()).toMatchObject({ counts: { harmful: 2, notVerified: 3 } });
    });

    it('I9: lets nothing begin that goes further than the runbook is trusted to', async () => {
      await hand.open('e9');
      await hand.live('e9', PLANNED);
      for (const id of ['e1', 'e2', 'e3']) await judged(id, sampled('unhealthy'));
      const refusal = { because: 'not-trusted', to: 'approve', why: 'not-verified', executionId: 'e3' };
      expect(await hand.begin('e9', trusted('auto'))).toEqual({ saved: 'refused', refusal });
      await judged('e4', sampled('worse'));
      const harmful = { because: 'not-trusted', to: 'observe', why: 'harmful', executionId: 'e4' };
      expect(await hand.begin('e9', trusted('approve'))).toEqual({ saved: 'refused', refusal: harmful });
      await restoreTrust();
      expect(await hand.begin('e9', trusted('auto'))).toEqual({ saved: 'yes' });
    });

    it('lets begin what a person has agreed to', async () => {
      await hand.open('e9');
      await hand.live('e9', PLANNED);
      for (const id of ['e1', 'e2', 'e3']) await judged(id, sampled('unhealthy'));
      expect(await hand.begin('e9', trusted('approve'))).toEqual({ saved: 'yes' });
    });

    it('only a person trusts it again, and it begins to count anew', async () => {
      expect(await restoreTrust()).toBe(false);
      for (const id of ['e1', 'e2']) await judged(id, sampled('unhealthy'));
      expect(await restoreTrust()).toBe(false);
      expect(await scorecard()).toMatchObject({ failuresInARow: 2 });
      await judged('e3', sampled('unhealthy'));
      await judged('e4', sampled('healthy'));
      await hand.pass(300 * 86_400_000);
      expect((await standing()).trust).toMatchObject({ to: 'approve' });
      expect(await restoreTrust()).toBe(true);
      expect(await restoreTrust()).toBe(false);
      expect(await standing()).toEqual({ fixes: [] });
      expect(await scorecard()).toMatchObject({ failuresInARow: 0, counts: { notVerified: 3 } });
      await judged('e5', sampled('unhealthy'));
      await judged('e6', sampled('unhealthy'));
      expect(await judged('e7', sampled('unhealthy'))).toMatchObject({ lowered: { to: 'approve' } });
    });

    it('judges no runbook by what it only observed', async () => {
      await hand.openAs({ id: 'e1', orders: JUDGED, mode: 'observe' });
      await hand.live('e1', PLANNED, sampled('unhealthy'));
      await hand.openAs({ id: 'e2', orders: JUDGED, mode: 'observe' });
      await hand.live('e2', PLANNED, sampled('healthy'));
      expect(await scorecard()).toEqual({
        counts: { ...NOTHING, fired: 2, observed: 2, clearedByItself: 1 },
        failuresInARow: 0,
      });
    });

    it('remembers the automatic fixes of one alert within the time that the orders name', async () => {
      const orders = someOrders({ recurrence: { limit: 5, perMs: 10 * MINUTE } });
      const fix = async (id: string, change: Partial<Execution> = {}) => {
        await hand.openAs({ id, orders, alert, ...change });
        await hand.live(id, ...done(++epoch));
        await hand.pass(6 * MINUTE);
      };
      await fix('e1');
      await fix('e2');
      await fix('e3', { runbook: 'throttle' });
      await fix('e4', { alert: { ...alert, fingerprint: 'other' } });
      expect((await standing({ orders, alert })).fixes).toEqual([]);
      await fix('e5');
      await fix('e6');
      expect((await standing({ orders, alert })).fixes).toEqual(['e6']);
      const longer = someOrders({ recurrence: { limit: 5, perMs: 60 * MINUTE } });
      expect((await standing({ orders: longer, alert })).fixes).toEqual(['e1', 'e2', 'e5', 'e6']);
      expect((await standing({ orders: someOrders(), alert })).fixes).toEqual([]);
      expect((await standing({ orders: longer })).fixes).toEqual([]);
    });
  });
}
