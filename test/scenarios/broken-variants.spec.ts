import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Append, ExecutionStore, Receipt } from '../../src/engine/execution-store.js';
import { MemoryExecutionStore } from '../../src/engine/memory-execution-store.js';
import type { Permit } from '../../src/engine/permit.js';
import type { Fence, Host } from '../../src/plugin-host/host.js';
import { anAlert, anExecution } from '../../src/testing/examples.js';
import { withMethods } from '../../src/testing/with-methods.js';
import type { Between, World } from '../../src/testing/world.js';
import { everyRun, ordersFor, runWithDeath, worldFor } from './model/runs.js';
import { runSchedule, schedules } from './model/schedules.js';
import { violations } from './model/violations.js';

// A checker that cannot fail proves nothing: each variant here breaks one rule, and the checks of the other files must see it.

/** Asks nobody whether a change took, and takes every action for one that bears repeating. */
const blindRetry: Between = {
  host: (host) =>
    withMethods<Host>(host, {
      verify: async () => ({ ok: true, value: { took: false, detail: 'nobody asked' } }),
      idempotency: () => 'natural',
    }),
};

/** Never looks whether whoever acts still may. */
const open: Fence = async () => ({ open: true });
const noFence: Between = {
  host: (host) =>
    withMethods<Host>(host, {
      apply: (execution, step, intent) => host.apply(execution, step, intent, open),
      revert: (execution, step, intent) => host.revert(execution, step, intent, open),
    }),
};

/** Saves an intent together with its outcome, after the effect. */
const effectBeforeIntent: Between = {
  store: (store) => {
    const waiting = new Map<string, Append>();
    return withMethods<ExecutionStore>(store, {
      get: async (id) => {
        const stored = await store.get(id);
        const late = waiting.get(id);
        return stored === undefined || late === undefined ? stored : { ...stored, execution: late.next };
      },
      append: async (change) => {
        const { id } = change.next;
        if (change.event.type === 'apply-intended') {
          waiting.set(id, change);
          return { saved: 'yes' };
        }
        const late = waiting.get(id);
        waiting.delete(id);
        if (late === undefined) return store.append(change);
        await store.append(late);
        const before = await store.get(id);
        return before === undefined ? { saved: 'stale' } : store.append({ ...change, before });
      },
    });
  },
};

/** Saves whatever it is given, however old it is: no compare-and-set on the version. */
const noCompareAndSet: Between = {
  store: (store) =>
    withMethods<ExecutionStore>(store, {
      append: async (change) => {
        const before = await store.get(change.next.id);
        return before === undefined ? { saved: 'stale' } : store.append({ ...change, before });
      },
    }),
};

/** Forgets what is due. */
const noSweeper: Between = { store: (store) => withMethods<ExecutionStore>(store, { overdue: async () => [] }) };

/** Looks at the kill switch when an execution is opened and when a worker starts, and never again. */
const pauseReadOnce: Between = {
  store: (store) => {
    const atStart = store.pauses();
    return withMethods<ExecutionStore>(store, {
      append: ({ claims: _claims, ...change }) => store.append(change),
      look: async () => undefined,
      pauses: () => atStart,
    });
  },
};

/** Has a permit, and asks nothing of it. */
const permitNeverAsked: Between = {
  permit: (permit) => withMethods<Permit>(permit, { refusal: () => undefined }),
};

/** Asks right before a write only whether somebody has taken over. */
const fenceWithoutPause: Between = {
  permit: (permit) =>
    withMethods<Permit>(permit, { mayApply: (execution, intent) => permit.mayRevert(execution, intent) }),
};

/** Takes a call that failed for one that changed nothing. */
const failedMeansNothingHappened: Between = {
  store: (store) =>
    withMethods<ExecutionStore>(store, {
      append: (change) => {
        const { event, next } = change;
        if (event.type !== 'apply-doubtful' || next.state.phase !== 'applying') return store.append(change);
        return store.append({ ...change, next: { ...next, state: { ...next.state, effect: { is: 'none' } } } });
      },
    }),
};

/** Gives every deed of a run with a death that is wrong under a variant. */
async function wrongAfterDeath(between: Between): Promise<string[]> {
  const found = new Set<string>();
  for (const run of everyRun()) {
    const { world } = await runWithDeath(run, between);
    for (const one of await violations(world)) found.add(one.slice(0, 2));
  }
  return [...found].toSorted();
}

/** Looks for a random course of things that goes wrong under a variant, and gives the first that it finds. */
async function wrongInSomeCourse(between: Between): Promise<string[]> {
  let found: string[] = [];
  const property = fc.asyncProperty(schedules, async (schedule) => {
    found = await violations(await runSchedule(schedule, between));
    return found.length === 0;
  });
  await fc.check(property, { numRuns: 3_000, endOnFailure: true, seed: 1 });
  return found;
}

describe('the crash matrix sees', () => {
  it.each<[what: string, between: Between, broken: string]>([
    ['blind retry', blindRetry, 'I4'],
    ['an effect before its intent is saved', effectBeforeIntent, 'I4'],
    ['a failed call taken for one that changed nothing', failedMeansNothingHappened, 'I4'],
    ['a missing sweeper', noSweeper, 'I5'],
  ])('%s', async (_what, between, broken) => expect(await wrongAfterDeath(between)).toContain(broken));
});

describe('random courses of things show', () => {
  it.each<[what: string, between: Between]>([
    ['a missing fence', noFence],
    ['a store without compare-and-set', noCompareAndSet],
    ['blind retry', blindRetry],
    ['a missing sweeper', noSweeper],
  ])('%s', async (_what, between) => expect(await wrongInSomeCourse(between)).not.toEqual([]));
});

describe('I10: the kill switch', () => {
  async function stepsAfterPause(between: Between): Promise<number> {
    const world = worldFor(3, between);
    world.target.next('apply', { how: 'works' }, { how: 'takes-time', againInMs: 2_000 });
    await world.open({ orders: ordersFor(3) });
    await world.pass(1_000);
    await pauseAll(world);
    const before = world.target.writes.length;
    await world.pass(60_000);
    return world.target.writes.length - before;
  }

  /** A worker saves its intent and stands still; it is paused, and the worker goes on. */
  async function writesAfterFrozen(between: Between, forMs: number): Promise<number> {
    const world = worldFor(1, between);
    world.freeze('worker-1', 'after-save-apply-intent');
    await world.open({ orders: ordersFor(1) });
    await world.pass(1);
    await pauseAll(world);
    await world.pass(forMs);
    world.thaw('worker-1');
    await world.pass(60_000);
    return world.target.writes.length;
  }

  const pauseAll = (world: World): Promise<void> =>
    world.store.addPause({ id: 'p', scope: 'all', reason: 'stop', by: 'ada', at: world.clock.now() });

  it('stops between two steps', async () => expect(await stepsAfterPause({})).toBe(0));
  it('that is read once at the start is seen', async () =>
    expect(await stepsAfterPause(pauseReadOnce)).toBeGreaterThan(0));

  it('stops a worker that stood still, by its fence', async () => expect(await writesAfterFrozen({}, 1_000)).toBe(0));
  it('whose fence does not ask for pauses is seen', async () =>
    expect(await writesAfterFrozen(fenceWithoutPause, 1_000)).toBe(1));

  it('stops a worker that stood still for five seconds, by its permit alone', async () =>
    expect(await writesAfterFrozen(noFence, 5_000)).toBe(0));
  it('whose permit is never asked is seen', async () =>
    expect(await writesAfterFrozen({ ...noFence, ...permitNeverAsked }, 5_000)).toBe(1));
});

describe('I3: one incident as a healthy pair, a second Prometheus and a retry deliver it', () => {
  const alert = anAlert();
  const firing = (startsAt: number): Receipt['alert'] => ({ ...alert, startsAt });
  const over = (startsAt: number, endsAt: number): Receipt['alert'] => ({
    ...alert,
    startsAt,
    status: 'resolved',
    endsAt,
  });
  const story = [
    firing(10_000),
    firing(3_000),
    firing(10_040),
    firing(10_000),
    over(10_000, 18_000),
    firing(10_000),
    over(10_000, 18_000),
    firing(10_040),
  ];

  async function openedBy(store: ExecutionStore, identity: (alert: Receipt['alert']) => string): Promise<number> {
    for (const [i, one] of story.entries()) {
      const about = { ...one, fingerprint: identity(one) };
      const claim = {
        kind: 'episode',
        fingerprint: about.fingerprint,
        runbook: 'cut-over',
        startsAt: about.startsAt,
      } as const;
      const openings =
        about.status === 'firing' ? [{ execution: anExecution({ id: `e${i}`, alert: about }), claims: [claim] }] : [];
      await store.receive([{ receiptId: 'r', source: 's', alert: about, openings, refusals: [] }]);
    }
    return (await store.list({ limit: 100 })).items.length;
  }

  const store = (): ExecutionStore => {
    let now = 1_000_000;
    return new MemoryExecutionStore(() => (now += 1));
  };

  it('opens one execution', async () => expect(await openedBy(store(), (one) => one.fingerprint)).toBe(1));
  it('opens several where identity is fingerprint and startsAt', async () => {
    expect(await openedBy(store(), (one) => `${one.fingerprint}|${one.startsAt}`)).toBeGreaterThan(1);
  });
});
