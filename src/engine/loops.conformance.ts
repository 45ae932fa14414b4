import { describe, expect, it } from 'vitest';
import type { Claim } from '../core/claim.js';
import { MINUTE, PLANNED, StoreAtHand, type OpenStore } from './store-kit.conformance.js';

const TARGET = 'traffic/shop';
const refires = (limit = 2): Extract<Claim, { kind: 'refires' }> => ({
  kind: 'refires',
  target: TARGET,
  fingerprint: 'f1',
  limit,
  windowMs: 60 * MINUTE,
});
const opposite = (does: string, undoes: string, refuse = true): Extract<Claim, { kind: 'opposite' }> => ({
  kind: 'opposite',
  target: TARGET,
  does: [does, `${does} too`],
  undoes: [`${undoes} too`, undoes],
  windowMs: 60 * MINUTE,
  refuse,
});
const unpaused: Claim = { kind: 'unpaused', scopes: ['all', `target:${TARGET}`] };

/** Loops, and how they freeze their target. */
export function describeLoops(open: OpenStore): void {
  describe('loops', () => {
    const hand = new StoreAtHand(open);
    const answer = async (id: string, ...claims: Claim[]) => {
      await hand.pass(MINUTE);
      return hand.refusal(id, ...claims);
    };

    it('freezes the target of an alert that comes back again and again after it was answered', async () => {
      expect(await answer('e1', refires())).toBeUndefined();
      expect(await answer('e2', refires())).toBeUndefined();
      const reason = 'the alert came back 2 times after it was answered, last by e2';
      const refusal = await answer('e3', refires());
      expect(refusal).toEqual({ because: 'loop', pauseId: expect.any(String), reason, executionId: 'e2' });
      const [pause, ...others] = await hand.store.pauses();
      expect(others).toEqual([]);
      const at = await hand.store.now();
      const executionId = 'e2';
      expect(pause).toEqual({ id: pause?.id, scope: `target:${TARGET}`, reason, by: 'firebreak', at, executionId });
      expect(refusal).toMatchObject({ pauseId: pause?.id });
    });

    it('I10: only a person lets a frozen target go', async () => {
      for (const id of ['e1', 'e2', 'e3']) await answer(id, refires());
      await hand.pass(20 * 86_400_000);
      expect(await hand.refusal('e4', unpaused)).toMatchObject({ because: 'paused', scope: `target:${TARGET}` });
      expect(await hand.refusal('e5', { kind: 'unpaused', scopes: ['all', 'target:traffic/pay'] })).toBeUndefined();
      const [pause] = await hand.store.pauses();
      expect(await hand.store.liftPause(pause?.id ?? '', { by: 'ada' })).toBe(true);
      expect(await hand.refusal('e6', unpaused, refires())).toBeUndefined();
    });

    it('keeps the first reason while the target is frozen', async () => {
      for (const id of ['e1', 'e2', 'e3']) await answer(id, refires());
      const before = await hand.store.pauses();
      await answer('e4', refires());
      expect(await hand.store.pauses()).toEqual(before);
    });

    it('keeps alerts apart, and forgets answers after a while', async () => {
      await answer('e1', refires());
      await answer('e2', refires());
      expect(await answer('e3', { ...refires(), fingerprint: 'f2' })).toBeUndefined();
      expect(await answer('e4', { ...refires(), target: 'traffic/pay' })).toBeUndefined();
      await hand.pass(57 * MINUTE);
      expect(await answer('e5', refires())).toBeUndefined();
      expect(await hand.store.pauses()).toEqual([]);
    });

    it('freezes the target when somebody is about to undo what another has just done', async () => {
      await hand.open('e1');
      expect(await hand.begin('e1', opposite('up', 'down'))).toEqual({ saved: 'yes' });
      await hand.live('e1', { type: 'applied', step: 0, key: 'apply', epoch: 1 });
      await hand.open('e2');
      await hand.live('e2', PLANNED);
      const refused = await hand.begin('e2', opposite('down', 'up'));
      const reason = 'the opposite of what e1 has just done';
      expect(refused).toMatchObject({ saved: 'refused', refusal: { because: 'loop', reason, executionId: 'e1' } });
      expect(await hand.store.pauses()).toMatchObject([{ scope: `target:${TARGET}`, reason, by: 'firebreak' }]);
      expect((await hand.store.get('e2'))?.execution.steps[0]?.state).toBe('waiting');
    });

    it('lets an execution undo what it has done itself, and others what was done long ago or to another target', async () => {
      await hand.open('e1', opposite('up', 'down'));
      expect(await hand.refusal('e1', opposite('down', 'up'))).toBeUndefined();
      await hand.open('e2', opposite('left', 'right'));
      expect(await hand.refusal('e3', { ...opposite('right', 'left'), target: 'traffic/pay' })).toBeUndefined();
      await hand.pass(60 * MINUTE);
      expect(await hand.refusal('e4', opposite('right', 'left'))).toBeUndefined();
      expect(await hand.store.pauses()).toEqual([]);
    });

    it('only remembers what a person has agreed to', async () => {
      await hand.open('e1', opposite('up', 'down'));
      expect(await hand.refusal('e2', opposite('down', 'up', false))).toBeUndefined();
      expect(await hand.refusal('e3', opposite('up', 'down'))).toMatchObject({ because: 'loop', executionId: 'e2' });
    });

    it('says what would freeze the target without freezing it', async () => {
      await hand.open('e1', refires(1), opposite('up', 'down'));
      for (const claim of [refires(1), opposite('down', 'up')]) {
        expect(await hand.store.look([claim], 'e2')).toMatchObject({ because: 'loop', executionId: 'e1' });
      }
      expect(await hand.store.pauses()).toEqual([]);
      const looked = await hand.store.look([refires(1)], 'e2');
      expect(await hand.refusal('e2', refires(1))).toEqual(looked);
    });

    it('I15: stops everything when a thousand targets are frozen', { timeout: 60_000 }, async () => {
      for (let i = 0; i < 1_001; i++) {
        const claim = { ...refires(1), target: `traffic/${i}` };
        await hand.open(`a${i}`, claim);
        expect(await hand.refusal(`b${i}`, claim)).toMatchObject({ because: 'loop' });
      }
      const pauses = await hand.store.pauses();
      expect(pauses).toHaveLength(1_001);
      expect(pauses.filter(({ scope }) => scope === 'all')).toMatchObject([{ id: 'loop-all', by: 'firebreak' }]);
      expect(await hand.refusal('e1', { kind: 'unpaused', scopes: ['all'] })).toMatchObject({ because: 'paused' });
    });
  });
}
