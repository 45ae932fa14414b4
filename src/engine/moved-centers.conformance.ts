import { describe, expect, it } from 'vitest';
import type { Claim } from '../core/claim.js';
import type { ServingRule } from '../core/governor.js';
import { anExecution, someOrders } from '../testing/examples.js';
import {
  applied,
  CANCEL,
  intent,
  JUDGED,
  MINUTE,
  PLANNED,
  REVERT,
  reverted,
  sampled,
  StoreAtHand,
  type OpenStore,
} from './store-kit.conformance.js';

type Serving = Extract<Claim, { kind: 'serving' }>;
const CALM: ServingRule = { name: 'calm', antiFlapMs: 10 * MINUTE, among: { a: 10, b: 10 } };
const cutOver = (out: string, into?: string, change: Partial<Serving> = {}): Serving => ({
  kind: 'serving',
  out,
  ...(into === undefined ? {} : { in: into }),
  rules: [CALM],
  look: false,
  ...change,
});

/** How long a centre is left alone after it was moved, and which ones have taken over well. */
export function describeMovedCenters(open: OpenStore): void {
  describe('centres that were moved', () => {
    const hand = new StoreAtHand(open);
    const records = () => hand.store.governance.centerRecords();
    const look = (claim: Serving, id = 'other') => hand.store.look([claim], id);
    /** Opens an execution that moves centres with its first effect, and announces that. */
    const begin = async (id: string, claim: Serving, epoch: number, judged = false) => {
      const orders = someOrders({ ...(judged ? JUDGED : {}), claims: [claim] });
      await hand.store.open(anExecution({ id, orders }), []);
      await hand.live(id, PLANNED);
      expect(await hand.save(id, intent('apply', epoch), 5_000, [claim])).toEqual({ saved: 'yes' });
    };
    const moveOver = async (id: string, claim: Serving, epoch: number) => {
      await begin(id, claim, epoch);
      await hand.live(id, applied(epoch));
    };

    it('I9: brings no centre back in that was taken out a short time ago, and says since when and how long still', async () => {
      await moveOver('e1', cutOver('a', 'b'), 1);
      const at = await hand.store.now();
      await hand.pass(4 * MINUTE);
      expect(await look(cutOver('c', 'a'))).toEqual({
        because: 'capacity',
        rule: 'calm',
        center: 'a',
        moved: 'out',
        at,
        by: 'e1',
        leftMs: 6 * MINUTE,
      });
      await hand.pass(6 * MINUTE);
      expect(await look(cutOver('c', 'a'))).toBeUndefined();
    });

    it('I9: takes no centre out that was brought in a short time ago', async () => {
      await moveOver('e1', cutOver('a', 'b'), 1);
      expect(await look(cutOver('b'))).toMatchObject({ because: 'capacity', center: 'b', moved: 'in', by: 'e1' });
      expect(await hand.refusal('e2', cutOver('b'))).toMatchObject({ because: 'capacity' });
    });

    it('lets a centre go further the way that it went already', async () => {
      await moveOver('e1', cutOver('a', 'b'), 1);
      expect(await look(cutOver('a', 'b'))).toBeUndefined();
    });

    it('leaves centres alone of which the assertion says nothing', async () => {
      await moveOver('e1', cutOver('c', 'd'), 1);
      expect(await look(cutOver('d', 'c'))).toBeUndefined();
    });

    it('counts no effect that was announced and never made', async () => {
      await begin('e1', cutOver('a', 'b'), 1);
      expect(await records()).toEqual([]);
    });

    it('I9: taking it back is a move as well', async () => {
      await moveOver('e1', cutOver('a', 'b'), 1);
      await hand.pass(MINUTE);
      await hand.live('e1', REVERT, intent('revert', 2), reverted(2));
      const at = await hand.store.now();
      expect(await records()).toEqual([
        { center: 'a', moved: { way: 'in', at, by: 'e1' } },
        // it was in service all the time
        { center: 'b', moved: { way: 'in', at: at - MINUTE, by: 'e1' }, provenAt: at - MINUTE },
      ]);
      expect(await look(cutOver('a', 'b'))).toMatchObject({ center: 'a', moved: 'in' });
    });

    it.each([
      ['while it is judged', true, CANCEL],
      ['after it has ended', false, REVERT],
    ])('I9: what stood in and was out before is out again when that is taken back %s', async (_, judged, taken) => {
      await hand.store.governance.setServing('b', false, { by: 'ada' });
      await hand.pass(10 * MINUTE);
      await begin('e1', cutOver('a', 'b'), 1, judged);
      await hand.live('e1', applied(1), taken);
      await hand.pass(MINUTE);
      await hand.live('e1', intent('revert', 2), reverted(2));
      const at = await hand.store.now();
      expect(await records()).toMatchObject([
        { center: 'a', moved: { way: 'in', at, by: 'e1' } },
        { center: 'b', moved: { way: 'out', at, by: 'e1' } },
      ]);
    });

    it('does not take a centre for brought in that somebody else has out as well', async () => {
      await hand.store.governance.setServing('a', false, { by: 'ada' });
      await begin('e1', cutOver('a'), 1);
      await hand.live('e1', applied(1), REVERT, intent('revert', 2), reverted(2));
      expect(await records()).toMatchObject([{ center: 'a', moved: { way: 'out' } }]);
    });

    it('lets the next rung of the same ladder go on where the one before it stopped', async () => {
      await moveOver('e1', cutOver('a', 'b'), 1);
      await hand.live('e1', REVERT, intent('revert', 2), reverted(2));
      expect(await look(cutOver('a', 'b', { except: ['e0', 'e1'] }))).toBeUndefined();
    });

    it('believes a person who says that a centre was moved', async () => {
      await hand.store.governance.setServing('a', false, { by: 'ada' });
      const at = await hand.store.now();
      expect(await records()).toEqual([{ center: 'a', moved: { way: 'out', at, by: 'person:ada' } }]);
      expect(await look(cutOver('c', 'a'))).toMatchObject({ moved: 'out', by: 'person:ada' });
      await hand.store.governance.setServing('a', true, { by: 'grace' });
      expect(await look(cutOver('a'))).toMatchObject({ moved: 'in', by: 'person:grace' });
    });

    it('I9: brings in no centre that was chosen because it serves, and that is out of service since', async () => {
      const claim = cutOver('a', 'b', { rules: [], serves: true });
      expect(await look(claim)).toBeUndefined();
      await hand.store.governance.setServing('b', false, { by: 'ada' });
      const refusal = { because: 'capacity', center: 'b', takenOutBy: 'person:ada' };
      expect(await look(claim)).toEqual(refusal);
      expect(await hand.refusal('e1', claim)).toEqual(refusal);
      expect(await look(cutOver('a', 'b', { rules: [] }))).toBeUndefined();
    });

    it('remembers when a centre has taken over well, and nothing of one that did not', async () => {
      await begin('e1', cutOver('a', 'b'), 1, true);
      await hand.live('e1', applied(1), sampled('healthy'));
      const provenAt = await hand.store.now();
      expect((await hand.store.get('e1'))?.execution.state).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
      await begin('e2', cutOver('c', 'd', { rules: [] }), 2, true);
      await hand.live('e2', applied(2), CANCEL, intent('revert', 3), reverted(3));
      const proven = (await records()).filter((one) => one.provenAt !== undefined);
      expect(proven).toMatchObject([{ center: 'b', provenAt }]);
    });
  });
}
