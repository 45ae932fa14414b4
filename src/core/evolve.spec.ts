import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { legalMove } from '../../test/scenarios/model/legal-moves.js';
import { legal } from '../../test/scenarios/model/legal.js';
import {
  beginnings,
  follow,
  GOOD,
  happenings,
  journalOf,
  live,
  type Beginning,
  type Happening,
  type Moment,
} from '../../test/scenarios/model/lives.js';
import { unapproved } from '../../test/scenarios/model/unapproved.js';
import { evolve, replay } from './evolve.js';
import type { Event } from './event.js';
import type { Execution } from './execution.js';

const lives = fc.tuple(beginnings, fc.array(happenings, { minLength: 1, maxLength: 60, size: 'max' }));
/** Lives in which people are asked, and which do not end before somebody has answered. */
const askedLives = lives.map(([{ execution, reversible }, all]): [Beginning, Happening[]] => {
  const ends: readonly Happening['what'][] = ['alert-resolved', 'cancelled', 'rejected', 'blocked', 'not-needed'];
  return [
    { execution: { ...execution, mode: 'approve', dryRun: false }, reversible },
    all.map((one) => {
      const what = ends.includes(one.what) ? 'next' : one.what;
      // odd ones find somebody at home
      return { ...one, what, pick: one.pick | 1, afterMs: one.afterMs % 1_000 };
    }),
  ];
});

function throughJson<T>(value: T): T {
  const back: T = JSON.parse(JSON.stringify(value));
  return back;
}

/** Checks something about every moment of many made-up lives. */
function always(check: (moment: Moment, beginning: Beginning) => void, numRuns = 2_000): void {
  const property = fc.property(lives, ([beginning, all]) => {
    for (const moment of live(beginning, all)) check(moment, beginning);
  });
  fc.assert(property, { numRuns });
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}

describe('whatever happens to an execution, in whatever order', () => {
  it('I5: it never stands where it cannot stand, and never comes there in a way that is none', () => {
    always((moment) => {
      const { event, before, after, taken } = moment;
      expect(legal(after), `${event.type} in ${before.state.phase}`).toEqual([]);
      if (taken) expect(legalMove(moment)).toEqual([]);
    });
  });

  it('stays untouched by what it refuses, and is never changed in place', () => {
    always(({ event, before, at }) => {
      const copy = freeze(throughJson(before));
      evolve(copy, freeze(throughJson(event)), at);
      expect(copy).toEqual(before);
    }, 500);
  });

  it('I7: its epoch never falls, and rises with each intent', () => {
    always(({ event, before, after, taken }) => {
      const intended = taken && (event.type === 'apply-intended' || event.type === 'revert-intended');
      if (intended) expect(after.epoch).toBeGreaterThan(before.epoch);
      else expect(after.epoch).toBe(before.epoch);
    });
  });

  it('I7: it takes no outcome of an attempt that was overtaken', () => {
    always(({ event, before, taken }) => {
      if (taken && 'epoch' in event) expect(event.epoch).toBe(before.epoch);
    });
  });

  it('I4: a step that took is never announced again', () => {
    const property = fc.property(lives, ([beginning, all]) => {
      const took = new Set<number>();
      for (const { event, taken } of live(beginning, all)) {
        if (!taken) continue;
        if (event.type === 'applied') took.add(event.step);
        if (event.type === 'apply-intended') expect(took).not.toContain(event.step);
      }
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it('I6: it takes back only what has an intent, from the last step to the first, each once', () => {
    const property = fc.property(lives, ([beginning, all]) => {
      const intended = new Set<number>();
      let last = Infinity;
      for (const { event, taken } of live(beginning, all)) {
        if (!taken) continue;
        if (event.type === 'apply-intended') intended.add(event.step);
        if (event.type === 'revert-intended') expect(intended).toContain(event.step);
        if (event.type !== 'reverted') continue;
        expect(event.step).toBeLessThan(last);
        last = event.step;
      }
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it('I8: nothing begins in mode approve without grants of enough people with the roles for that very plan, in time', () => {
    let begun = 0;
    const property = fc.property(askedLives, ([beginning, all]) => {
      const moments = live(beginning, all);
      expect(unapproved(journalOf(beginning.execution, moments))).toEqual([]);
      if (moments.some(({ event, taken }) => taken && event.type === 'apply-intended')) begun++;
    });
    // about every twentieth is begun
    for (let rounds = 0; rounds < 5 && begun <= 100; rounds++) fc.assert(property, { numRuns: 2_000 });
    expect(begun, 'what nobody begins proves nothing').toBeGreaterThan(100);
  });

  it('I13: its journal, run again, gives the execution', () => {
    const property = fc.property(lives, ([beginning, all]) => {
      const moments = live(beginning, all);
      expect(replay(journalOf(beginning.execution, moments))).toEqual(moments.at(-1)?.after ?? beginning.execution);
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it('I13: nothing is lost when it and its events go through JSON', () => {
    always(({ event, after }) => {
      expect(throughJson(after)).toStrictEqual(after);
      expect(throughJson(event)).toStrictEqual(event);
    }, 500);
  });
});

describe('a world that answers', () => {
  /** Follows the next move with good answers only, and says where it ends. */
  function ends(subject: Beginning, start: number): Execution {
    let { execution } = subject;
    let at = start;
    for (let moves = 0; moves < 100; moves++) {
      const next = follow({ ...subject, execution }, GOOD, at);
      if (next === undefined) return execution;
      const evolved = evolve(execution, next.event, next.at);
      if (!evolved.ok) throw new Error(`${next.event.type} was refused: ${evolved.detail}`);
      execution = evolved.next;
      ({ at } = next);
    }
    return execution;
  }

  it('I5: ends every execution, wherever it stands, closed or held for a person, in at most 100 moves', () => {
    const property = fc.property(lives, ([beginning, all]) => {
      const last = live(beginning, all).at(-1);
      const execution = last?.after ?? beginning.execution;
      const end = ends({ ...beginning, execution }, last?.at ?? 1_000);
      expect(['closed', 'held']).toContain(end.state.phase);
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  function goodEndOf({ execution: { orders, mode, dryRun }, reversible }: Beginning): object {
    if (dryRun || mode === 'observe') return { outcome: 'dry-run' };
    if (mode === 'approve' || orders.windows !== undefined) return { outcome: 'expired' };
    if (orders.leaseMs === undefined) return { outcome: 'succeeded' };
    return reversible.includes(false) ? { phase: 'held' } : { outcome: 'reverted' };
  }

  it('ends every fresh execution well where it may act, and with nothing touched elsewhere', () => {
    const property = fc.property(beginnings, (beginning) => {
      const { state } = ends(beginning, 1_000);
      expect(state.phase === 'closed' || state.phase === 'held').toBe(true);
      expect(state).toMatchObject(goodEndOf(beginning));
    });
    fc.assert(property);
  });
});

describe('replay', () => {
  it('gives nothing for a journal that does not begin with the opening', () => {
    const event: Event = { type: 'approval-expired' };
    expect(replay([])).toBeUndefined();
    expect(replay([{ seq: 1, at: 1, event }])).toBeUndefined();
  });
});
