import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everyBeginning, explore } from '../../test/scenarios/model/explore.js';
import { beginnings, happenings, live } from '../../test/scenarios/model/lives.js';
import type { Execution } from './execution.js';
import { dueAt, nextMove, WATCH_MS } from './next-move.js';

describe('dueAt', () => {
  /** Phases that nothing but a person can move on. */
  const rests = ({ state, escalation }: Execution): boolean =>
    state.phase === 'held' || (state.phase === 'closed' && escalation?.is !== 'due');

  it('I5: has a moment for every execution that time can move on, and none for any other', () => {
    const wrong = new Set<string>();
    for (const beginning of everyBeginning(2)) {
      explore(beginning, ({ evolved, at }) => {
        if (evolved.ok && (dueAt(evolved.next, at) === undefined) !== rests(evolved.next))
          wrong.add(evolved.next.state.phase);
      });
    }
    expect([...wrong]).toEqual([]);
  });

  it('I14: is never later than what the next move waits for, but for the time left to whoever acts', () => {
    const property = fc.property(beginnings, fc.array(happenings, { maxLength: 40, size: 'max' }), (beginning, all) => {
      for (const { after, at } of live(beginning, all)) {
        const move = nextMove(after, at);
        const due = dueAt(after, at);
        if (move.do === 'rest') expect(due).toBeUndefined();
        else expect(due).toBeLessThanOrEqual(Math.max(at, move.do === 'wait' ? move.until : at) + WATCH_MS);
      }
    });
    fc.assert(property, { numRuns: 500 });
  });
});
