import { describe, expect, it } from 'vitest';
import { judge, type Evidence } from './judge.js';
import type { Look, Write } from './ledger.js';

const aWrite = (id: string, at: number, center: string, with_: Partial<Write> = {}): Write => ({
  id,
  by: 'user',
  center,
  sentAt: at - 5,
  doneAt: at,
  acknowledged: true,
  committed: at,
  ...with_,
});

const look = (center: string, at: number, state: Look['state']): Look => ({ center, at, state });

const good: Evidence = {
  from: 'a',
  to: 'b',
  faultAt: 1_000,
  faultTick: 1_000,
  writes: [
    aWrite('1', 900, 'a'),
    aWrite('2', 1_010, 'a'),
    aWrite('3', 1_500, '', { acknowledged: false }),
    aWrite('4', 3_000, 'b'),
    aWrite('5', 3_500, 'a', { by: 'local', acknowledged: false }),
    aWrite('6', 3_600, 'b'),
  ],
  looks: [
    look('a', 900, 'accepts'),
    look('a', 1_000, 'accepts'),
    look('a', 1_100, 'fenced'),
    look('b', 1_100, 'standby'),
    look('b', 2_900, 'accepts'),
    look('b', 3_600, 'accepts'),
  ],
  rows: new Set(['1', '2', '4', '6', 'unanswered']),
};

describe('the judge of a cut-over', () => {
  it('finds nothing wrong with a good one, and says how long users waited', () => {
    expect(judge(good)).toEqual({
      acknowledged: 3,
      failed: 1,
      missing: [],
      bothSides: [],
      bothOpenMs: 0,
      refusedInside: 1,
      backMs: 2_000,
      silenceMs: 1_990,
    });
  });

  it('names every acknowledged row that is missing on the new side, also of earlier runs', () => {
    expect(judge({ ...good, rows: new Set(['4', '6']) }).missing).toEqual(['1', '2']);
  });

  it('names what the old side acknowledged after the new one had, from outside and from inside', () => {
    const late = [aWrite('7', 3_001, 'a'), aWrite('8', 3_002, 'a', { by: 'local' })];
    const rows = new Set([...good.rows, '7', '8']);
    expect(judge({ ...good, writes: [...good.writes, ...late], rows }).bothSides).toEqual(['7', '8']);
  });

  it('takes an answer that came late for what it is: the commit counts, not when the user heard of it', () => {
    const slow = aWrite('7', 3_700, 'a', { committed: 1_020 });
    expect(judge({ ...good, writes: [...good.writes, slow], rows: new Set([...good.rows, '7']) }).bothSides).toEqual(
      [],
    );
  });

  it('measures how long both databases were open to writes', () => {
    const looks = [...good.looks.slice(3), look('a', 900, 'accepts'), look('a', 3_000, 'accepts')];
    expect(judge({ ...good, looks }).bothOpenMs).toBe(100);
  });

  it('says that users were never served again', () => {
    const judged = judge({ ...good, writes: good.writes.slice(0, 3) });
    expect([judged.backMs, judged.bothSides, judged.missing]).toEqual([undefined, [], []]);
  });
});
