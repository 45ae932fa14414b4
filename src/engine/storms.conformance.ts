import { describe, expect, it } from 'vitest';
import type { Claim } from '../core/claim.js';
import { anExecution } from '../testing/examples.js';
import { alert, MINUTE, PLANNED, receipt, StoreAtHand, type OpenStore } from './store-kit.conformance.js';

const KEY = 'cut-over|region=eu';
const storm = (target: string, change: Partial<Extract<Claim, { kind: 'storm' }>> = {}): Claim => ({
  kind: 'storm',
  key: KEY,
  target,
  most: 2,
  windowMs: 10 * MINUTE,
  calmMs: 15 * MINUTE,
  ...change,
});
const calm: Claim = { kind: 'calm', key: KEY };

/** Too many targets in trouble at once. */
export function describeStorms(open: OpenStore): void {
  describe('storms', () => {
    const hand = new StoreAtHand(open);
    let opened = 0;
    /** Hits targets one after the other, a minute apart; gives the last answer. */
    const hit = async (...targets: string[]) => {
      let last;
      for (const target of targets) {
        await hand.pass(MINUTE);
        last = await hand.refusal(`hit-${opened++}`, storm(target));
      }
      return last;
    };
    const storms = () => hand.store.governance.storms();

    it('I9: stops repairing one by one when more distinct targets than allowed are hit within the time', async () => {
      expect(await hit('a', 'b', 'a', 'b')).toBeUndefined();
      expect(await storms()).toEqual([]);
      expect(await hit('c')).toEqual({ because: 'storm', key: KEY, targets: 3, calmInMs: 15 * MINUTE });
      expect(await hit('a')).toEqual({ because: 'storm', key: KEY, targets: 3, calmInMs: 15 * MINUTE });
      expect(await hand.refusal('e9', storm('a', { key: 'cut-over|region=us' }))).toBeUndefined();
    });

    it('counts a target also when a later claim refuses it', async () => {
      await hand.open('e1', { kind: 'exclusive', target: 't' });
      const busy: Claim = { kind: 'exclusive', target: 't' };
      expect(await hand.refusal('e2', storm('a'), busy)).toMatchObject({ because: 'target-busy' });
      expect(await hand.refusal('e3', storm('b'), busy)).toMatchObject({ because: 'target-busy' });
      expect(await hand.refusal('e4', storm('c'), busy)).toMatchObject({ because: 'storm', targets: 3 });
    });

    it('forgets targets that were hit longer ago than the window', async () => {
      await hit('a', 'b');
      await hand.pass(8 * MINUTE);
      expect(await hit('c', 'd')).toBeUndefined();
      expect(await hit('e')).toMatchObject({ because: 'storm', targets: 3 });
    });

    it('goes on while targets are hit, and ends after a calm period without a memory of them', async () => {
      await hit('a', 'b', 'c');
      await hand.pass(14 * MINUTE);
      expect(await hit('d')).toBeUndefined();
      expect(await storms()).toEqual([]);
      await hit('e', 'f');
      const since = await hand.store.now();
      await hand.pass(14 * MINUTE);
      expect(await hand.refusal('e1', storm('g'))).toMatchObject({ targets: 4, calmInMs: 15 * MINUTE });
      await hand.pass(14 * MINUTE);
      expect(await storms()).toMatchObject([{ key: KEY, since, calmAt: (await hand.store.now()) + MINUTE }]);
      await hand.pass(MINUTE);
      expect(await hand.refusal('e2', storm('h'))).toBeUndefined();
    });

    it('lists what was hit, oldest first, and the storms in the order in which they will be calm', async () => {
      const began = await hand.store.now();
      await hit('a', 'b', 'c', 'd', 'a');
      for (const target of ['x', 'y', 'z']) {
        await hand.refusal(target, storm(target, { key: 'other|', calmMs: MINUTE }));
      }
      const after = (minutes: number): number => began + minutes * MINUTE;
      expect((await storms()).map(({ first: _first, ...rest }) => rest)).toEqual([
        {
          key: 'other|',
          since: after(5),
          calmAt: after(6),
          targets: ['x', 'y', 'z'].map((target) => ({ target, at: after(5) })),
        },
        {
          key: KEY,
          since: after(3),
          calmAt: after(20),
          targets: [
            { target: 'b', at: after(2) },
            { target: 'c', at: after(3) },
            { target: 'd', at: after(4) },
            { target: 'a', at: after(5) },
          ],
        },
      ]);
    });

    it('remembers the execution that was not opened when it broke loose', async () => {
      await hit('a', 'b');
      await hand.store.receive([receipt({ id: 'first', claims: [storm('c')] })]);
      await hand.store.receive([receipt({ id: 'second', claims: [storm('d')] })]);
      expect(await storms()).toMatchObject([{ first: { id: 'first', alert } }]);
      expect((await storms())[0]?.first).toEqual(anExecution({ id: 'first', alert }));
    });

    it('takes one proposal while it goes on', async () => {
      const propose = (detail: string) => hand.store.governance.noteProposal(KEY, { executionId: 'e1', detail });
      expect(await propose('too early')).toBe(false);
      await hit('a', 'b', 'c');
      expect(await propose('first')).toBe(true);
      expect(await propose('second')).toBe(false);
      expect(await storms()).toMatchObject([{ proposal: { executionId: 'e1', detail: 'first' } }]);
      await hand.pass(15 * MINUTE);
      expect(await propose('too late')).toBe(false);
    });

    it('is ended by a person, once', async () => {
      const { governance } = hand.store;
      expect(await governance.endStorm(KEY, { by: 'ada' })).toBe(false);
      await hit('a', 'b', 'c');
      expect(await governance.endStorm(KEY, { by: 'ada' })).toBe(true);
      expect(await governance.endStorm(KEY, { by: 'ada' })).toBe(false);
      expect(await hit('d', 'e')).toBeUndefined();
      await hit('f');
      await hand.pass(15 * MINUTE);
      expect(await governance.endStorm(KEY, { by: 'ada' })).toBe(false);
    });

    it('I9: stops what was opened before it broke loose and has not begun', async () => {
      expect(await hand.refusal('e1', storm('a'))).toBeUndefined();
      await hand.live('e1', PLANNED);
      await hit('b', 'c');
      expect(await hand.begin('e1', calm)).toEqual({
        saved: 'refused',
        refusal: { because: 'storm', key: KEY, targets: 3, calmInMs: 15 * MINUTE },
      });
      await hand.pass(15 * MINUTE);
      expect(await hand.begin('e1', calm)).toEqual({ saved: 'yes' });
      expect(await storms()).toEqual([]);
    });

    it('says what would be a storm without counting anything', async () => {
      const look = (target: string) => hand.store.look([storm(target)], 'e1');
      await hit('a', 'b');
      expect(await look('a')).toBeUndefined();
      expect(await look('c')).toEqual({ because: 'storm', key: KEY, targets: 3, calmInMs: 15 * MINUTE });
      expect(await storms()).toEqual([]);
      await hit('c');
      await hand.pass(5 * MINUTE);
      expect(await look('d')).toEqual({ because: 'storm', key: KEY, targets: 3, calmInMs: 10 * MINUTE });
      await hand.pass(10 * MINUTE);
      expect(await look('d')).toBeUndefined();
      expect(await look('e')).toBeUndefined();
    });

    it('forgets what was hit when it looks after the end, however long the window is', async () => {
      for (const target of ['a', 'b', 'c']) await hand.refusal(target, storm(target, { calmMs: MINUTE }));
      await hand.pass(MINUTE);
      expect(await hand.store.look([storm('d')], 'd')).toBeUndefined();
      expect(await hand.refusal('d', storm('d'))).toBeUndefined();
    });
  });
}
