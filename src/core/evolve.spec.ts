import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { everyBeginning, explore, type Tried } from '../../test/scenarios/model/explore.js';
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
import { REVERT_ATTEMPTS } from './evolve-reverting.js';
import type { Execution } from './execution.js';
import { nextMove } from './next-move.js';

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
    fc.assert(property, { numRuns: 2_000 });
    expect(begun, 'what nobody begins proves nothing').toBeGreaterThan(100);
  });

  it('I11: what is in force under a lease is taken back or with a person by its end, and no end is ever put off for ever', () => {
    let ended = 0;
    always(({ after }) => {
      const { state, orders } = after;
      if (state.phase !== 'holding') return;
      const last = (state.since ?? NaN) + Math.max(orders.leaseMs ?? 0, orders.leaseMaxMs ?? 0);
      const move = nextMove(after, last);
      if (move.do !== 'note') throw new Error(`it would ${move.do} at the end of its lease`);
      const evolved = evolve(after, move.event, last);
      expect(evolved.ok && ['reverting', 'held'].includes(evolved.next.state.phase)).toBe(true);
      ended++;
    });
    expect(ended, 'a lease that nothing has proves nothing').toBeGreaterThan(10);
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
    for (const { before, event, at, after } of taken) {
      for (const one of legal(after)) wrong.add(`${before.state.phase} + ${event.type} -> ${one}`);
      for (const one of legalMove({ before, event, at, after })) wrong.add(one);
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
    const ofTime = new Set([
      'approval-expired',
      'start-expired',
      'verification-ended',
      'lease-ended',
      'lease-extended',
      'clear-long-enough',
    ]);
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
