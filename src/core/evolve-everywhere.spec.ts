import { beforeAll, describe, expect, it } from 'vitest';
import { everyBeginning, explore, type Tried } from '../../test/scenarios/model/explore.js';
import { legalMove } from '../../test/scenarios/model/legal-moves.js';
import { legal } from '../../test/scenarios/model/legal.js';
import { evolve } from './evolve.js';
import { REVERT_ATTEMPTS } from './evolve-reverting.js';
import type { Execution } from './execution.js';
import { nextMove } from './next-move.js';

describe('every event that is taken by any execution of one or two steps that can be reached', () => {
  const taken: (Omit<Tried, 'evolved'> & { readonly after: Execution })[] = [];
  beforeAll(() => {
    for (const beginning of [1, 2].flatMap(everyBeginning)) {
      explore(beginning, ({ before, event, at, evolved }) => {
        if (evolved.ok) taken.push({ before, event, at, after: evolved.next });
      });
    }
  }, 180_000);

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

  it('I8: if it is a plan, is made in time: none leads on from a question or a time to begin that is over', () => {
    for (const { before, event, at } of taken) {
      const { state } = before;
      if (event.type !== 'planned') continue;
      if (state.phase === 'awaiting-approval') expect(at).toBeLessThan(state.expiresAt);
      if (state.phase === 'applying') expect(at).toBeLessThan(state.startBy ?? 0);
    }
  });

  it('I10: if it is an intent that is withheld afterwards, leaves everything as it was, but for epoch and time', () => {
    const intents = taken.filter(({ event }) => event.type === 'apply-intended');
    expect(intents).not.toEqual([]);
    for (const { before, event, at, after } of intents) {
      if (event.type !== 'apply-intended' || before.state.phase !== 'applying') throw new Error('it is applying');
      const { step, intent } = event;
      const back = evolve(after, { type: 'apply-withheld', step, epoch: intent.epoch, detail: '' }, at);
      if (!back.ok || back.next.state.phase !== 'applying') throw new Error('it is applying again');
      const { effect, attempt } = back.next.state;
      const shown = ({ steps }: Execution): unknown[] => steps.map(({ state, startedAt }) => [state, startedAt]);
      expect(shown(back.next)).toEqual(shown(before));
      expect([effect.is, attempt]).toEqual([before.state.effect.is, before.state.attempt]);
    }
  });

  it('I5: if it says that there was no time to go on with what its target calls unfinished, leads to a person who may ask', () => {
    const late = taken.filter(({ before: { state }, event }) => {
      return event.type === 'start-expired' && state.phase === 'applying' && state.effect.is === 'unfinished';
    });
    expect(late).not.toEqual([]);
    for (const { after } of late) expect(after.state).toMatchObject({ phase: 'held', resume: { at: 'apply' } });
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

  it('I11: if it leaves a change under a lease, that is taken back or with a person by its end, which is never put off for ever', () => {
    const held = taken.filter(({ after }) => after.state.phase === 'holding');
    expect(held).not.toEqual([]);
    for (const { after } of held) {
      const { state, orders } = after;
      if (state.phase !== 'holding') throw new Error('it is holding');
      const last = (state.since ?? NaN) + Math.max(orders.leaseMs ?? 0, orders.leaseMaxMs ?? 0);
      const move = nextMove(after, last);
      if (move.do !== 'note') throw new Error(`it would ${move.do} at the end of its lease`);
      const evolved = evolve(after, move.event, last);
      expect(evolved.ok && ['reverting', 'held'].includes(evolved.next.state.phase)).toBe(true);
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

  it('I6: if a person ends what was held between two attempts, takes that step for one that did not take', () => {
    let seen = 0;
    for (const { before, event, after } of taken) {
      const { state } = before;
      if (state.phase !== 'held' || state.resume.at !== 'step') continue;
      if (event.type !== 'accepted' && event.type !== 'revert-asked') continue;
      const was = before.steps[state.resume.step]?.state;
      expect(after.steps[state.resume.step]?.state).toBe(was === 'intended' ? 'failed' : 'waiting');
      if (was === 'intended') seen++;
    }
    expect(seen).toBeGreaterThan(0);
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
