import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { everyBeginning, explore, type Tried } from '../../test/scenarios/model/explore.js';
import { legal } from '../../test/scenarios/model/legal.js';
import {
  beginnings,
  follow,
  happenings,
  journalOf,
  live,
  type Beginning,
  type Moment,
} from '../../test/scenarios/model/lives.js';
import { evolve, replay } from './evolve.js';
import type { Event } from './event.js';
import { REVERT_ATTEMPTS } from './evolve-reverting.js';
import type { Execution } from './execution.js';
import { nextMove } from './next-move.js';

const lives = fc.tuple(beginnings, fc.array(happenings, { minLength: 1, maxLength: 60, size: 'max' }));
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
  it('I5: it never stands where it cannot stand', () => {
    always(({ event, before, after }) => expect(legal(after), `${event.type} in ${before.state.phase}`).toEqual([]));
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

  it('I8: nothing begins that needs an approval before enough distinct people gave one for this plan', () => {
    const property = fc.property(lives, ([beginning, all]) => {
      const { mode, orders, requestedBy } = beginning.execution;
      const people = new Set<string>();
      let shown = '';
      for (const { event, before, at, taken } of live(beginning, all)) {
        const { state } = before;
        if (state.phase === 'awaiting-approval') shown = state.digest;
        if (event.type === 'approved' && event.digest === shown && event.by !== requestedBy) {
          if (state.phase === 'awaiting-approval' && at < state.expiresAt) people.add(event.by);
        }
        if (taken && event.type === 'apply-intended' && mode === 'approve') {
          expect(people.size).toBeGreaterThanOrEqual(orders.approval.required);
        }
      }
    });
    fc.assert(property, { numRuns: 1_000 });
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

describe('every event that is taken by any execution of one or two steps that can be reached', () => {
  const taken: (Omit<Tried, 'evolved'> & { readonly after: Execution })[] = [];
  beforeAll(() => {
    for (const beginning of [1, 2].flatMap(everyBeginning)) {
      explore(beginning, ({ before, event, at, evolved }) => {
        if (evolved.ok) taken.push({ before, event, at, after: evolved.next });
      });
    }
  });

  it('I5: leaves it where it can stand', () => {
    const wrong = new Set<string>();
    for (const { before, event, after } of taken) {
      for (const one of legal(after)) wrong.add(`${before.state.phase} + ${event.type} -> ${one}`);
    }
    expect([...wrong]).toEqual([]);
    expect(taken.length).toBeGreaterThan(10_000);
  });

  it('I8: if it is an approval, is in time, for the plan that was shown, by somebody who neither asked for it nor approved yet', () => {
    for (const { before, event, at } of taken) {
      const { state, requestedBy } = before;
      if (event.type !== 'approved' || state.phase !== 'awaiting-approval') continue;
      expect(at).toBeLessThan(state.expiresAt);
      expect(event.digest).toBe(state.digest);
      expect([requestedBy, ...state.grants.map((grant) => grant.by)]).not.toContain(event.by);
    }
  });

  it('I11: if it says that a time has passed, comes when nextMove says so, and not before', () => {
    const ofTime = new Set(['approval-expired', 'verification-ended', 'lease-ended', 'clear-long-enough']);
    for (const { before, event, at } of taken) {
      if (ofTime.has(event.type))
        expect(nextMove(before, at).do, `${event.type} in ${before.state.phase}`).toBe('note');
    }
  });

  it('I4: if a person says it, takes no step away from whoever acts on it', () => {
    const ofPeople = new Set(['cancelled', 'revert-asked', 'retry-asked', 'accepted']);
    for (const { before, event } of taken) {
      if (!ofPeople.has(event.type)) continue;
      expect(before.state.phase === 'applying' && before.state.effect.is !== 'none').toBe(false);
    }
  });

  it('I5: if it is a failed revert, leads to a person after three of them', () => {
    for (const { before, event, after } of taken) {
      if (event.type !== 'revert-failed' || before.state.phase !== 'reverting') continue;
      if (before.state.attempt >= REVERT_ATTEMPTS) expect(after.state.phase).toBe('held');
    }
  });

  it('I6: if it cancels between two attempts of a step that cannot be taken back, ends it: the target has shown that nothing happened', () => {
    const between = taken.filter(({ before: { state, steps }, event }) => {
      const first = state.phase === 'applying' && state.step === 0 && state.plan[0]?.reversible === false;
      return event.type === 'cancelled' && first && steps[0]?.state === 'intended';
    });
    expect(between).not.toEqual([]);
    for (const { after } of between) expect(after.state).toMatchObject({ phase: 'closed', outcome: 'cancelled' });
  });
});

describe('a world that answers', () => {
  /** Follows the next move with good answers only, and says where it ends. */
  function ends(subject: Beginning, start: number): Execution {
    let { execution } = subject;
    let at = start;
    const good = {
      fits: true,
      step: 0,
      epoch: 0,
      pick: 0,
      again: true,
      status: 'healthy',
      by: 'ada',
      afterMs: 0,
    } as const;
    for (let moves = 0; moves < 100; moves++) {
      const next = follow({ ...subject, execution }, good, at);
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

  it('closes every fresh execution, well where it may act', () => {
    const property = fc.property(beginnings, (beginning) => {
      const { state } = ends(beginning, 1_000);
      expect(state.phase === 'closed' || state.phase === 'held').toBe(true);
      const { orders, mode, dryRun } = beginning.execution;
      if (mode === 'auto' && !dryRun && orders.leaseMs === undefined)
        expect(state).toMatchObject({ outcome: 'succeeded' });
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
