import { describe, expect, it } from 'vitest';
import type { Intent } from '../core/execution.js';
import type { Pause } from '../core/pause.js';
import { anExecution } from '../testing/examples.js';
import { FakeClock } from '../testing/fake-clock.js';
import { MemoryExecutionStore } from './memory-execution-store.js';
import { GOOD_FOR_MS, Permit, PROMPT_MS } from './permit.js';
import { Gate } from './gate.js';

const execution = anExecution();
const stop: Pause = { id: 'p', scope: 'all', reason: 'stop', by: 'ada', at: 0 };
const intent: Intent = { key: 'k', epoch: 1, owner: 'w', at: 0, deadline: Infinity };
const away = (): Promise<never> => Promise.reject(new Error('connection lost'));

/** A permit over a store that a test can break, with time that it turns. */
function aPermit() {
  const clock = new FakeClock();
  const store = new MemoryExecutionStore(() => clock.now());
  const parts = {
    pauses: () => store.pauses(),
    look: (...asked: Parameters<typeof store.look>) => store.look(...asked),
    holdsEpoch: (...asked: Parameters<typeof store.holdsEpoch>) => store.holdsEpoch(...asked),
    beat: (...asked: Parameters<typeof store.beat>) => store.beat(...asked),
    alive: (...asked: Parameters<typeof store.alive>) => store.alive(...asked),
  };
  const news: string[] = [];
  const tell = (what: string, because = ''): void => void news.push(`${what} ${because}`.trim());
  return { clock, store, parts, news, permit: new Permit('w', parts, clock, tell, () => clock.now()) };
}

describe('a permit', () => {
  it('I10: lets nothing begin before the store was asked', () =>
    expect(aPermit().permit.refusal(execution)).toBe('nothing was heard from the store yet'));

  it('I10: lets things begin for four seconds after the store was asked', async () => {
    const { permit, clock } = aPermit();
    await permit.refresh();
    await clock.pass(GOOD_FOR_MS);
    expect(permit.refusal(execution)).toBeUndefined();
    await clock.pass(1);
    expect(permit.refusal(execution)).toBe('nothing was heard from the store for 5 s');
  });

  it('I10: is as old as the question, not as the answer', async () => {
    const { permit, parts, clock, store } = aPermit();
    parts.pauses = async () => {
      await new Promise<void>((resolve) => void clock.after(3_000, resolve));
      return store.pauses();
    };
    void permit.refresh();
    await clock.pass(3_000);
    expect(permit.ageMs()).toBe(3_000);
  });

  it('I10: knows of a pause within half a second, and of its end', async () => {
    const { permit, clock, store } = aPermit();
    permit.start();
    await store.addPause(stop);
    await clock.pass(500);
    expect(permit.refusal(execution)).toBe('paused (all): stop');
    await store.liftPause('p', { by: 'ada' });
    await clock.pass(500);
    expect(permit.refusal(execution)).toBeUndefined();
  });

  it('I10: lets a pause end by the shared clock, also when the store is not heard of', async () => {
    const { permit, clock, store } = aPermit();
    await store.addPause({ ...stop, until: clock.now() + 1_000 });
    await permit.refresh();
    await clock.pass(999);
    expect(permit.refusal(execution)).toBe('paused (all): stop');
    await clock.pass(1);
    expect(permit.refusal(execution)).toBeUndefined();
  });

  it('I10: runs out when it is kept no more', async () => {
    const { permit, clock } = aPermit();
    permit.start();
    await clock.pass(10_000);
    expect(permit.refusal(execution)).toBeUndefined();
    permit.stop();
    await clock.pass(GOOD_FOR_MS + 500);
    expect(permit.refusal(execution)).toBe('nothing was heard from the store for 5 s');
  });

  it('says once what is paused, and once that it is no more', async () => {
    const { permit, clock, store, news } = aPermit();
    await store.addPause(stop);
    permit.start();
    await clock.pass(5_000);
    expect(news).toEqual(['paused all: stop (p by ada)']);
    await store.liftPause('p', { by: 'ada' });
    await clock.pass(5_000);
    expect(news.slice(1)).toEqual(['paused-no-more all: stop (p by ada)']);
  });

  it('says once that it ran out, and why, and once that it is good again', async () => {
    const { permit, clock, parts, store, news } = aPermit();
    permit.start();
    await clock.pass(600);
    parts.pauses = away;
    await clock.pass(60_000);
    expect(news).toEqual(['ran-out nothing was heard from the store for 5 s: connection lost']);
    parts.pauses = () => store.pauses();
    await clock.pass(60_000);
    expect(news.slice(1)).toEqual(['good-again']);
  });
});

describe('the fence', () => {
  it('of an apply is open when nobody has taken over and nothing pauses it', async () =>
    expect(await aPermit().permit.mayApply(execution, intent)).toEqual({ open: true }));

  it('I7: of an apply and of a revert is shut by a later epoch', async () => {
    const { permit, parts } = aPermit();
    parts.holdsEpoch = async () => false;
    const shut = { open: false, because: 'overtaken', detail: 'another process has taken over this step' };
    expect(await permit.mayApply(execution, intent)).toEqual(shut);
    expect(await permit.mayRevert(execution, intent)).toEqual(shut);
  });

  it('I5: of an apply and of a revert is shut when its time is over', async () => {
    const { permit, clock } = aPermit();
    const late = { ...intent, deadline: clock.now() };
    const shut = { open: false, because: 'withheld', detail: 'its time was over before it was done' };
    expect(await permit.mayApply(execution, late)).toEqual(shut);
    expect(await permit.mayRevert(execution, late)).toEqual(shut);
  });

  it('I10: of an apply is shut by a pause, of a revert it is not', async () => {
    const { permit, store } = aPermit();
    await store.addPause(stop);
    const shut = { open: false, because: 'withheld', detail: 'paused (all): stop' };
    expect(await permit.mayApply(execution, intent)).toEqual(shut);
    expect(await permit.mayRevert(execution, intent)).toEqual({ open: true });
  });

  it('I10: is shut when the store does not answer', async () => {
    const { permit, parts } = aPermit();
    parts.holdsEpoch = away;
    const shut = { open: false, because: 'withheld', detail: 'the store cannot be asked: connection lost' };
    expect(await permit.mayApply(execution, intent)).toEqual(shut);
    expect(await permit.mayRevert(execution, intent)).toEqual(shut);
  });

  it.each([
    [PROMPT_MS, { open: true }],
    [PROMPT_MS + 1, { open: false, because: 'withheld', detail: "the store's answer took 901 ms" }],
  ])('I10: of an apply takes an answer after %i ms for %o', async (ms, expected) => {
    const { permit, parts, clock, store } = aPermit();
    parts.look = async (...asked) => {
      await new Promise<void>((resolve) => void clock.after(ms, resolve));
      return store.look(...asked);
    };
    const asked = permit.mayApply(execution, intent);
    await clock.pass(ms);
    expect(await asked).toEqual(expected);
  });
});

describe('a gate', () => {
  const shut = { open: false, because: 'withheld', detail: 'paused' } as const;

  it('says why nothing has passed', async () => {
    const gate = new Gate(async () => shut);
    await gate.fence();
    expect(gate.withheld()).toBe('paused');
  });
  it('says nothing when it was not asked', () => expect(new Gate(async () => shut).withheld()).toBeUndefined());
  it('says nothing when something may have passed before', async () => {
    const answers = [{ open: true } as const, shut];
    const gate = new Gate(async () => answers.shift() ?? shut);
    await gate.fence();
    await gate.fence();
    expect(gate.withheld()).toBeUndefined();
  });
  it('says nothing when somebody has taken over', async () => {
    const gate = new Gate(async () => ({ open: false, because: 'overtaken', detail: 'gone' }));
    await gate.fence();
    expect(gate.withheld()).toBeUndefined();
  });
});
