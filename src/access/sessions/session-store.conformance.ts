import { describe, expect, it } from 'vitest';
import type { SessionStore } from './session-store.js';

/** A store of one twin, empty, and its time. */
export interface StoreSubject {
  readonly store: SessionStore;
  /** Lets time pass for the store. */
  pass(ms: number): Promise<void>;
}

/** What every `SessionStore` does; a twin that differs fails here. */
export function describeSessionStore(twin: string, make: () => Promise<StoreSubject>): void {
  describe(`the sessions in ${twin}`, () => {
    it('keep a text for its time, in the place of an earlier one', async () => {
      const { store, pass } = await make();
      expect(await store.get('k')).toBeUndefined();
      await store.put('k', 'one', 60_000);
      await store.put('k', 'two', 30_000);
      await store.put('other', 'three', 60_000);
      expect((await store.get('k'))?.text).toBe('two');
      expect((await store.get('k'))?.leftMs).toBeLessThanOrEqual(30_000);
      await pass(30_001);
      expect(await store.get('k')).toBeUndefined();
      expect((await store.get('other'))?.text).toBe('three');
    });

    it('keep a text longer when asked to, and do not bring one back', async () => {
      const { store, pass } = await make();
      await store.put('k', 'one', 30_000);
      await pass(10_000);
      await store.prolong('k', 60_000);
      await pass(50_000);
      expect((await store.get('k'))?.text).toBe('one');
      await pass(10_001);
      await store.prolong('k', 60_000);
      expect(await store.get('k')).toBeUndefined();
    });

    it('give a text once to one of many who take it', async () => {
      const { store, pass } = await make();
      await store.put('k', 'one', 60_000);
      const taken = await Promise.all(Array.from({ length: 20 }, () => store.take('k')));
      expect(taken.filter((text) => text !== undefined)).toEqual(['one']);
      await store.put('k', 'late', 1_000);
      await pass(1_001);
      expect(await store.take('k')).toBeUndefined();
    });

    it('count within a time that begins with the first', async () => {
      const { store, pass } = await make();
      expect(await store.count('k', 60_000)).toMatchObject({ count: 1 });
      await pass(40_000);
      const { count, leftMs } = await store.count('k', 60_000);
      expect(count).toBe(2);
      expect(leftMs).toBeLessThanOrEqual(20_000);
      expect(leftMs).toBeGreaterThan(0);
      expect(await store.count('other', 60_000)).toMatchObject({ count: 1 });
      await pass(20_001);
      expect(await store.count('k', 60_000)).toMatchObject({ count: 1 });
    });

    it('lose no count among many at once', async () => {
      const { store } = await make();
      const counts = await Promise.all(Array.from({ length: 20 }, () => store.count('k', 60_000)));
      expect(new Set(counts.map(({ count }) => count)).size).toBe(20);
    });

    it('remember members in their order, and let the oldest go', async () => {
      const { store, pass } = await make();
      for (const member of ['z', 'y', 'x']) expect(await store.remember('l', member, 60_000, 3)).toEqual([]);
      expect(await store.remember('l', 'z', 60_000, 3)).toEqual([]);
      expect(await store.members('l')).toEqual(['y', 'x', 'z']);
      expect(await store.remember('l', 'a', 60_000, 2)).toEqual(['y', 'x']);
      expect(await store.members('l')).toEqual(['z', 'a']);
      await pass(60_001);
      expect(await store.members('l')).toEqual([]);
      expect(await store.members('none')).toEqual([]);
    });

    it('keep texts, counts and lists of one name apart from those of others', async () => {
      const { store } = await make();
      await store.put('{x}:*', 'one', 60_000);
      expect(await store.get('{x}:a')).toBeUndefined();
      expect((await store.get('{x}:*'))?.text).toBe('one');
    });
  });
}
