import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PluginInstance } from '../../src/plugin-sdk/plugin.js';
import { HERE } from '../rig/place.js';
import { startPostgresPair, type PostgresPair } from '../rig/postgres.js';
import { cutOver, measure, movesOf, planAll, pluginFor, standing, stepOf } from './postgres-subject.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** A process that dies at its n-th write: right before it, for the fence is the last thing that it awaits. */
function diesAt(write: number) {
  let asked = 0;
  return async () => {
    asked += 1;
    if (asked >= write) throw new Error('killed');
  };
}

describe('PostgreSQL, when Firebreak dies at any write', () => {
  let pair: PostgresPair;
  let plugin: PluginInstance;
  beforeAll(async () => {
    pair = await startPostgresPair({ cluster: 'orders', places: { a: HERE, b: HERE }, synchronous: true });
    await pair.keep();
  });
  beforeEach(async () => {
    await pair.restore();
    plugin = pluginFor(pair);
  });
  afterAll(() => pair?.stop());

  /** Lets something die at its first write, then after one more write each time, until it gets to its end; looks each time. */
  async function dyingEverywhere(what: (fence: () => Promise<void>) => Promise<void>): Promise<string[]> {
    const seen: string[] = [];
    for (let attempt = 1; attempt < 40; attempt += 1) {
      const ended = await what(diesAt(attempt === 1 ? 1 : 2)).then(
        () => true,
        (error: unknown) => {
          if (error instanceof Error && error.message === 'killed') return false;
          throw error;
        },
      );
      const { a, b } = await standing(pair);
      seen.push(`a ${a}; b ${b}`);
      if (ended) return seen;
    }
    throw new Error(`never done: ${seen.join(' | ')}`);
  }

  it('I9: promotion never leaves two open primaries, and the next attempt finishes it', async () => {
    const moves = movesOf(plugin, 'orders', 'a', 'b');
    const [plan] = await planAll([moves.promote]);
    const seen = await dyingEverywhere((fence) => moves.promote.apply(plan?.before ?? null, { fence, key: 'same' }));
    expect([...new Set(seen)]).toEqual([
      'a primary, open; b standby, open',
      'a primary, closed; b standby, closed',
      'a primary, closed; b primary, closed',
      'a primary, closed; b primary, open',
    ]);
    expect(await moves.promote.verify(plan?.before ?? null)).toBe(true);
  });

  it('I9: taking it back never leaves two open primaries, and the next attempt finishes it', async () => {
    const moves = movesOf(plugin, 'orders', 'a', 'b');
    const [plan] = await planAll([moves.promote]);
    await moves.promote.apply(plan?.before ?? null);
    const seen = await dyingEverywhere((fence) => moves.promote.revert(plan?.before ?? null, { fence, key: 'same' }));
    expect([...new Set(seen)]).toEqual([
      'a primary, closed; b primary, open',
      'a standby, open; b primary, open',
      'a standby, closed; b primary, closed',
      'a primary, closed; b primary, closed',
      'a primary, closed; b standby, closed',
      'a primary, open; b standby, open',
    ]);
  });

  it('I9: taking back a promotion that broke off at any write restores what was', async () => {
    const moves = movesOf(plugin, 'orders', 'a', 'b');
    for (const write of [2, 4, 5]) {
      await pair.restore();
      const [plan] = await planAll([moves.promote]);
      await expect(moves.promote.apply(plan?.before ?? null, { fence: diesAt(write) })).rejects.toThrow('killed');
      await moves.promote.revert(plan?.before ?? null);
      expect(await standing(pair)).toEqual({ a: 'primary, open', b: 'standby, open' });
    }
  });

  it('I9: bringing the old primary back, which was cut off and is open, closes it first', async () => {
    await measure(plugin, { cluster: 'orders' });
    await pair.a.kill();
    await cutOver(plugin, 'orders', 'a', 'b');
    await pair.a.start();
    const rejoin = stepOf(plugin, 'postgres-rejoin', { cluster: 'orders', node: 'a', follow: 'b' });
    const { before } = await rejoin.plan();
    const seen = await dyingEverywhere((fence) => rejoin.apply(before, { fence }));
    expect([...new Set(seen)]).toEqual([
      'a primary, open; b primary, open',
      'a primary, closed; b primary, open',
      'a standby, open; b primary, open',
    ]);
  });
});
