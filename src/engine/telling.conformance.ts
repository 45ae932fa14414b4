import { describe, expect, it } from 'vitest';
import type { Claim } from '../core/claim.js';
import { MINUTE, StoreAtHand, type OpenStore } from './store-kit.conformance.js';

/** What the store keeps so that people are told of everything, and of nothing twice. */
export function describeTelling(open: OpenStore): void {
  describe('telling people', () => {
    const hand = new StoreAtHand(open);

    it('knows after which execution it froze a target', async () => {
      const refires: Claim = { kind: 'refires', target: 't', fingerprint: 'f', limit: 1, windowMs: MINUTE };
      await hand.open('e1', refires);
      expect(await hand.open('e2', refires)).toMatchObject({ opened: false, refusal: { because: 'loop' } });
      expect(await hand.store.pauses()).toMatchObject([{ by: 'firebreak', scope: 'target:t', executionId: 'e1' }]);
    });

    it('remembers what set a storm loose, also where it was not an alert from outside', async () => {
      const storm = (target: string): Claim => {
        return { kind: 'storm', key: 'evict|', target, most: 1, windowMs: MINUTE, calmMs: MINUTE };
      };
      for (const id of ['e1', 'e2', 'e3']) await hand.open(id, storm(id));
      expect(await hand.store.governance.storms()).toMatchObject([{ key: 'evict|', first: { id: 'e2' } }]);
    });

    it('notes one proposal for a storm', async () => {
      const { governance } = hand.store;
      const storm: Claim = { kind: 'storm', key: 'evict|', target: 't', most: 0, windowMs: MINUTE, calmMs: MINUTE };
      expect(await governance.noteProposal('evict|', { detail: 'no storm yet' })).toBe(false);
      await hand.open('e1', storm);
      const notes = ['p1', 'p2', 'p3'].map((executionId) =>
        governance.noteProposal('evict|', { executionId, detail: 'proposed' }),
      );
      expect((await Promise.all(notes)).filter(Boolean)).toHaveLength(1);
      expect(await governance.storms()).toMatchObject([{ proposal: { executionId: 'p1', detail: 'proposed' } }]);
    });
  });
}
