import { describe, expect, it } from 'vitest';
import type { Claim } from '../core/claim.js';
import { CANCEL, done, episode, MINUTE, receipt, StoreAtHand, type OpenStore } from './store-kit.conformance.js';

const exclusive: Claim = { kind: 'exclusive', target: 'traffic/shop' };
const interval: Extract<Claim, { kind: 'interval' }> = { kind: 'interval', target: 'traffic/shop', ms: 10 * MINUTE };

/** The lock and the cooldown of a target, and how claims are taken together. */
export function describeClaims(open: OpenStore): void {
  describe('claims', () => {
    const hand = new StoreAtHand(open);

    it('I3: lets one execution hold a target, and frees it at the end', async () => {
      expect(await hand.refusal('e1', exclusive)).toBeUndefined();
      expect(await hand.refusal('e2', exclusive)).toEqual({ because: 'target-busy', executionId: 'e1' });
      await hand.live('e1', CANCEL);
      expect(await hand.refusal('e3', exclusive)).toBeUndefined();
    });

    it('I3: lets an execution that is opened again for a revert have its target only when it is free', async () => {
      await hand.open('e1', exclusive);
      await hand.live('e1', ...done(1));
      await hand.open('e2', exclusive);
      const revert = { type: 'revert-asked', by: 'ada', reason: 'r' } as const;
      expect(await hand.save('e1', revert, 6_000, [exclusive])).toMatchObject({
        saved: 'refused',
        refusal: { because: 'target-busy', executionId: 'e2' },
      });
      await hand.live('e2', CANCEL);
      expect(await hand.save('e1', revert, 6_000, [exclusive])).toEqual({ saved: 'yes' });
      expect(await hand.refusal('e3', exclusive)).toEqual({ because: 'target-busy', executionId: 'e1' });
    });

    it('leaves a target alone for the time after the last execution, whichever runbook that was', async () => {
      expect(await hand.refusal('e1', interval)).toBeUndefined();
      await hand.pass(4 * MINUTE);
      const opened = await hand.openAs({ id: 'e2', runbook: 'throttle' }, interval);
      expect(opened).toEqual({
        opened: false,
        refusal: { because: 'cooldown', leftMs: 6 * MINUTE, executionId: 'e1' },
      });
      expect(await hand.refusal('e3', { ...interval, target: 'traffic/pay' })).toBeUndefined();
      await hand.pass(6 * MINUTE - 1);
      expect(await hand.refusal('e4', interval)).toEqual({ because: 'cooldown', leftMs: 1, executionId: 'e1' });
      expect(await hand.refusal('e5', { ...interval, ms: MINUTE })).toBeUndefined();
      expect(await hand.refusal('e6', interval)).toMatchObject({ because: 'cooldown', executionId: 'e5' });
    });

    it('lets an execution and the next rung of its ladder act within the cooldown', async () => {
      await hand.open('e1', interval);
      expect(await hand.begin('e1', interval)).toEqual({ saved: 'yes' });
      expect(await hand.refusal('e2', { ...interval, except: ['e0'] })).toMatchObject({ because: 'cooldown' });
      expect(await hand.refusal('e2', { ...interval, except: ['e0', 'e1'] })).toBeUndefined();
      expect(await hand.refusal('e3', { ...interval, except: ['e1'] })).toMatchObject({ executionId: 'e2' });
    });

    it('begins the cooldown anew with the first effect', async () => {
      await hand.open('e1', interval);
      await hand.pass(9 * MINUTE);
      await hand.begin('e1', interval);
      expect(await hand.refusal('e2', interval)).toMatchObject({ leftMs: 10 * MINUTE });
    });

    it('takes nothing when one claim is refused', async () => {
      await hand.open('e1', { kind: 'exclusive', target: 'b' });
      const claims: Claim[] = [
        exclusive,
        interval,
        episode(),
        { kind: 'budget', guard: 'rate', key: 'r', limit: 1, windowMs: MINUTE },
        { kind: 'refires', target: 't', fingerprint: 'f', limit: 1, windowMs: MINUTE },
        { kind: 'opposite', target: 't', does: ['a'], undoes: ['b'], windowMs: MINUTE, refuse: true },
        { kind: 'compatible', plugins: ['p'], opponents: ['p'], look: false },
        { kind: 'serving', out: 'a', rules: [{ name: 'one', minServing: 1, among: { a: 1, b: 1 } }], look: false },
      ];
      expect(await hand.refusal('e2', ...claims, { kind: 'exclusive', target: 'b' })).toMatchObject({
        because: 'target-busy',
      });
      expect(await hand.store.get('e2')).toBeUndefined();
      expect(await hand.refusal('e3', ...claims)).toBeUndefined();
    });

    it('says what would be refused without taking or marking anything', async () => {
      const claims = [exclusive, interval, episode()];
      expect(await hand.store.look(claims, 'e1')).toBeUndefined();
      expect(await hand.store.look(claims, 'e2')).toBeUndefined();
      await hand.store.receive([receipt({ claims })]);
      expect(await hand.store.look(claims, 'e2')).toEqual({ because: 'target-busy', executionId: 'e1' });
      expect(await hand.store.look([episode()], 'e2')).toEqual({ because: 'duplicate', executionId: 'e1' });
    });
  });
}
