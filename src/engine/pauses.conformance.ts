import { describe, expect, it } from 'vitest';
import type { Claim } from '../core/claim.js';
import { MINUTE, PLANNED, StoreAtHand, type OpenStore } from './store-kit.conformance.js';

const unpaused: Claim = { kind: 'unpaused', scopes: ['all', 'runbook:cut-over', 'target:traffic/shop'] };
const pause = { id: 'p1', reason: 'maintenance', by: 'ada', at: 0 };

/** The kill switch. */
export function describePauses(open: OpenStore): void {
  describe('pauses', () => {
    const hand = new StoreAtHand(open);

    it.each(['all', 'runbook:cut-over', 'target:traffic/*', 'target:*shop', 'target:traffic/shop', 'target:t*c/s*'])(
      'I10: nothing in the scope %s is opened',
      async (scope) => {
        await hand.store.addPause({ ...pause, scope });
        expect(await hand.refusal('e1', unpaused)).toEqual({ because: 'paused', scope, reason: 'maintenance' });
      },
    );

    it.each(['runbook:other', 'target:traffic/s', 'target:shop', 'target:traffic.shop', 'target:*/', 'plugin:pretend'])(
      'I10: the scope %s is another one',
      async (scope) => {
        await hand.store.addPause({ ...pause, scope });
        expect(await hand.refusal('e1', unpaused)).toBeUndefined();
      },
    );

    it('I10: saves no intent while a pause is in force', async () => {
      await hand.open('e1');
      await hand.live('e1', PLANNED);
      await hand.store.addPause({ ...pause, scope: 'all' });
      expect(await hand.begin('e1', unpaused)).toMatchObject({
        saved: 'refused',
        refusal: { because: 'paused', reason: 'maintenance' },
      });
      await hand.store.liftPause('p1', { by: 'ada' });
      expect(await hand.begin('e1', unpaused)).toEqual({ saved: 'yes' });
    });

    it('I10: lasts until a person lifts it', async () => {
      await hand.store.addPause({ ...pause, scope: 'all' });
      await hand.pass(20 * 86_400_000);
      expect(await hand.refusal('e1', unpaused)).toMatchObject({ because: 'paused' });
      expect(await hand.store.liftPause('p2', { by: 'ada' })).toBe(false);
      expect(await hand.store.liftPause('p1', { by: 'ada' })).toBe(true);
      expect(await hand.store.liftPause('p1', { by: 'ada' })).toBe(false);
      expect(await hand.refusal('e1', unpaused)).toBeUndefined();
    });

    it('I10: lasts until its end, which it has said', async () => {
      const until = (await hand.store.now()) + MINUTE;
      await hand.store.addPause({ ...pause, scope: 'all', until });
      await hand.pass(MINUTE - 1);
      expect(await hand.store.pauses()).toEqual([{ ...pause, scope: 'all', until }]);
      expect(await hand.refusal('e1', unpaused)).toMatchObject({ because: 'paused' });
      await hand.pass(1);
      expect(await hand.refusal('e1', unpaused)).toBeUndefined();
      expect(await hand.store.pauses()).toEqual([]);
      expect(await hand.store.liftPause('p1', { by: 'ada' })).toBe(false);
    });

    it('is replaced by a pause with its id', async () => {
      await hand.store.addPause({ ...pause, scope: 'all' });
      await hand.store.addPause({ ...pause, scope: 'runbook:other' });
      expect(await hand.store.pauses()).toEqual([{ ...pause, scope: 'runbook:other' }]);
      expect(await hand.refusal('e1', unpaused)).toBeUndefined();
    });

    it('of several that are in force the oldest is named', async () => {
      for (const [id, at] of Object.entries({ p1: 300, p2: 100, p3: 200 }))
        await hand.store.addPause({ ...pause, id, at, scope: 'all', reason: id });
      expect(await hand.refusal('e1', unpaused)).toMatchObject({ reason: 'p2' });
    });
  });
}
