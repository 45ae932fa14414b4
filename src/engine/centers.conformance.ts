import { describe, expect, it } from 'vitest';
import type { Claim } from '../core/claim.js';
import type { ServingRule } from '../core/governor.js';
import { anExecution, someOrders } from '../testing/examples.js';
import {
  applied,
  CANCEL,
  done,
  intent,
  PLANNED,
  REVERT,
  reverted,
  StoreAtHand,
  type OpenStore,
} from './store-kit.conformance.js';

type Serving = Extract<Claim, { kind: 'serving' }>;
const ONE: ServingRule = { name: 'one', minServing: 1, among: { a: 10, b: 10 } };
const HALF: ServingRule = { name: 'half', minCapacity: 15, among: { a: 10, b: 10, c: 5 } };
const serving = (out: string, change: Partial<Serving> = {}): Serving => ({
  kind: 'serving',
  out,
  rules: [ONE],
  look: false,
  ...change,
});

/** Which centres are in service, held against the topology's assertions. */
export function describeCenters(open: OpenStore): void {
  describe('centres', () => {
    const hand = new StoreAtHand(open);
    const out = () => hand.store.governance.outOfService();
    /** Opens an execution that takes a centre out with its first effect, and makes that. */
    const takeOut = async (id: string, claim: Serving, epoch: number, leaseMs?: number) => {
      const orders = someOrders({ claims: [claim], ...(leaseMs === undefined ? {} : { leaseMs }) });
      await hand.store.open(anExecution({ id, orders }), []);
      await hand.live(id, PLANNED);
      const saved = await hand.save(id, intent('apply', epoch), 5_000, [claim]);
      if (saved.saved === 'yes') await hand.live(id, applied(epoch));
      return saved;
    };

    it('I9: takes no centre out of service that must stay', async () => {
      expect(await hand.refusal('e1', serving('a'))).toBeUndefined();
      expect(await hand.refusal('e2', serving('b'))).toEqual({ because: 'capacity', rule: 'one', left: 0, needed: 1 });
      expect(await hand.refusal('e3', serving('a'))).toBeUndefined();
    });

    it('I9: leaves enough capacity among the centres that count', async () => {
      expect(await hand.refusal('e1', serving('a', { rules: [HALF] }))).toBeUndefined();
      const refusal = { because: 'capacity', rule: 'half', left: 10, needed: 15 };
      expect(await hand.refusal('e2', serving('c', { rules: [HALF] }))).toEqual(refusal);
      expect(await hand.refusal('e3', serving('c', { rules: [ONE, HALF] }))).toEqual(refusal);
    });

    it('does not hold a centre against a rule that does not count it', async () => {
      await hand.store.governance.setServing('a', false, { by: 'ada' });
      await hand.store.governance.setServing('b', false, { by: 'ada' });
      expect(await hand.refusal('e1', serving('c'))).toBeUndefined();
    });

    it('counts a centre as in service that is brought in by the same change', async () => {
      await hand.store.governance.setServing('b', false, { by: 'ada' });
      expect(await hand.refusal('e1', serving('a'))).toMatchObject({ because: 'capacity', left: 0 });
      expect(await hand.refusal('e2', serving('a', { in: 'b' }))).toBeUndefined();
    });

    it('only looks where it is told to', async () => {
      expect(await hand.refusal('e1', serving('a', { look: true }))).toBeUndefined();
      expect(await hand.store.look([serving('a')], 'e1')).toBeUndefined();
      expect(await out()).toEqual([]);
      expect(await hand.refusal('e2', serving('b', { look: true }))).toBeUndefined();
    });

    it('I9: does not count against an execution what it has taken out itself', async () => {
      await hand.open('e1', serving('a'));
      expect(await hand.store.look([serving('b')], 'e1')).toBeUndefined();
      expect(await hand.store.look([serving('b')], 'e2')).toMatchObject({ because: 'capacity' });
    });

    it('leaves a centre out of service whose change is kept, and brings in what stands in for it', async () => {
      await hand.store.governance.setServing('b', false, { by: 'ada' });
      await takeOut('e1', serving('a', { in: 'b' }), 1);
      expect((await hand.store.get('e1'))?.execution.state).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
      expect(await out()).toEqual([{ center: 'a', by: 'e1' }]);
      expect(await hand.refusal('e2', serving('b'))).toMatchObject({ because: 'capacity' });
    });

    it('I9: takes all of that back when a change that was kept is taken back after all', async () => {
      await hand.store.governance.setServing('b', false, { by: 'ada' });
      await takeOut('e1', serving('a', { in: 'b' }), 1);
      await hand.live('e1', REVERT);
      expect(await out()).toEqual([{ center: 'a', by: 'e1' }]);
      await hand.live('e1', intent('revert', 2), reverted(2));
      expect(await out()).toEqual([{ center: 'b', by: 'person:ada' }]);
    });

    it('I9: keeps a centre out under a lease, and has it back when the lease is over', async () => {
      await takeOut('e1', serving('a'), 1, 1_000);
      expect((await hand.store.get('e1'))?.execution.state.phase).toBe('holding');
      expect(await hand.refusal('e2', serving('b'))).toMatchObject({ because: 'capacity' });
      expect(await hand.save('e1', { type: 'lease-ended' }, 7_000)).toEqual({ saved: 'yes' });
      await hand.live('e1', intent('revert', 2), reverted(2));
      expect(await out()).toEqual([]);
      expect(await hand.refusal('e3', serving('b'))).toBeUndefined();
    });

    it('I9: a centre that several have taken out is back only when the last of them has given it back', async () => {
      await takeOut('e1', serving('a'), 1);
      await takeOut('e2', serving('a'), 2, 1_000);
      expect(await out()).toEqual([
        { center: 'a', by: 'e1' },
        { center: 'a', by: 'e2' },
      ]);
      await hand.live('e2', CANCEL, intent('revert', 3), reverted(3));
      expect(await out()).toEqual([{ center: 'a', by: 'e1' }]);
      expect(await hand.refusal('e3', serving('b'))).toMatchObject({ because: 'capacity' });
    });

    it('gives nothing back that an execution never took', async () => {
      await hand.store.governance.setServing('a', false, { by: 'ada' });
      await hand.store.open(anExecution({ orders: someOrders({ claims: [serving('a')] }) }), []);
      await hand.live('e1', CANCEL);
      expect(await out()).toEqual([{ center: 'a', by: 'person:ada' }]);
    });

    it('believes a person who says that a centre is out of service, or back', async () => {
      const { governance } = hand.store;
      await takeOut('e1', serving('a'), 1);
      await governance.setServing('b', false, { by: 'ada' });
      await governance.setServing('b', false, { by: 'ada' });
      expect(await out()).toEqual([
        { center: 'a', by: 'e1' },
        { center: 'b', by: 'person:ada' },
      ]);
      await governance.setServing('a', true, { by: 'ada' });
      expect(await out()).toEqual([{ center: 'b', by: 'person:ada' }]);
    });

    it('takes nothing out when the effect is refused by a later claim', async () => {
      await hand.open('e1', { kind: 'exclusive', target: 'x' });
      await hand.open('e2');
      await hand.live('e2', PLANNED);
      const saved = await hand.begin('e2', serving('a'), { kind: 'exclusive', target: 'x' });
      expect(saved).toMatchObject({ saved: 'refused', refusal: { because: 'target-busy' } });
      expect(await out()).toEqual([]);
      await hand.live('e1', ...done(1));
    });
  });
}
