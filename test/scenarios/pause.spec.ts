import { describe, expect, it } from 'vitest';
import type { EventType } from '../../src/core/event.js';
import type { Pause } from '../../src/core/pause.js';
import type { ExecutionStore } from '../../src/engine/execution-store.js';
import type { Fence, Host } from '../../src/plugin-host/host.js';
import { withMethods } from '../../src/testing/with-methods.js';
import type { Between, World } from '../../src/testing/world.js';
import { ordersFor, worldFor } from './model/runs.js';

const pull = (world: World, change: Partial<Pause> = {}): Promise<void> =>
  world.store.addPause({ id: 'p', scope: 'all', reason: 'stop', by: 'ada', at: world.clock.now(), ...change });

const eventsOf = async (world: World): Promise<EventType[]> => (await world.journal()).map(({ event }) => event.type);

/** A plugin that never asks its fence: then only the permit keeps it back. */
const open: Fence = async () => ({ open: true });
const noFence: Between = {
  host: (host) =>
    withMethods<Host>(host, { apply: (execution, step, intent) => host.apply(execution, step, intent, open) }),
};

describe('I10: a worker that saved its intent before the pause and goes on after it', () => {
  async function thawedAfter(ms: number, between: Between = {}): Promise<World> {
    const world = worldFor(1, between);
    world.freeze('worker-1', 'after-save-apply-intent');
    await world.open({ orders: ordersFor(1) });
    await world.pass(1);
    await pull(world);
    await world.pass(ms);
    world.thaw('worker-1');
    await world.pass(2_000);
    return world;
  }

  it.each([0, 100, 1_000, 10_000, 50_000])('sends nothing after standing still for %i ms', async (ms) => {
    const world = await thawedAfter(ms);
    expect(world.target.writes).toEqual([]);
    expect(await eventsOf(world)).toEqual(['opened', 'planned', 'apply-intended', 'apply-withheld']);
    expect((await world.execution()).steps).toMatchObject([{ state: 'waiting', attempts: 0 }]);
  });

  it('does it when the pause is lifted, as the first attempt', async () => {
    const world = await thawedAfter(1_000);
    await world.store.liftPause('p', { by: 'ada' });
    await world.pass(30_000);
    expect(await world.execution()).toMatchObject({
      state: { phase: 'closed', outcome: 'succeeded' },
      steps: [{ state: 'applied', attempts: 1 }],
    });
    expect(world.target.writes).toHaveLength(1);
  });

  it('leaves an action that bears no repetition to be done later, since nothing was sent', async () => {
    const world = worldFor(1);
    world.freeze('worker-1', 'before-apply');
    await world.open({ orders: ordersFor(1, 'pretend/set-once') });
    await world.pass(1);
    await pull(world);
    world.thaw('worker-1');
    await world.pass(2_000);
    expect(await eventsOf(world)).toContain('apply-withheld');
    await world.store.liftPause('p', { by: 'ada' });
    await world.pass(30_000);
    expect(await world.execution()).toMatchObject({ state: { outcome: 'succeeded' }, steps: [{ attempts: 1 }] });
  });

  it('is kept back by its permit alone, when its plugin does not ask the fence', async () =>
    expect((await thawedAfter(5_000, noFence)).target.writes).toEqual([]));
});

describe('I10: a worker that is cut off from the store', () => {
  /** Its intent is saved; then it is cut off, it is paused elsewhere, and the worker gets to its plugin so much later. */
  async function writesWhenLate(ms: number, between: Between = {}): Promise<number> {
    const world = worldFor(1, between);
    world.freeze('worker-1', 'after-save-apply-intent');
    await world.open({ orders: ordersFor(1) });
    await world.pass(1);
    world.cutOff('worker-1');
    await pull(world);
    await world.pass(ms);
    world.thaw('worker-1');
    await world.pass(60_000);
    return world.target.writes.length;
  }

  it.each([0, 500, 3_000, 5_000, 20_000])('begins nothing after %i ms', async (ms) =>
    expect(await writesWhenLate(ms)).toBe(0),
  );
  it.each([4_500, 5_000, 20_000])('begins nothing after %i ms, even if its plugin does not ask the fence', async (ms) =>
    expect(await writesWhenLate(ms, noFence)).toBe(0),
  );

  it('announces nothing while nobody can say what is paused, though all else is in reach', async () => {
    const away = (): Promise<never> => Promise.reject(new Error('a pause that nobody can read'));
    const world = worldFor(1, { store: (store) => withMethods<ExecutionStore>(store, { pauses: away }) });
    await world.open({ orders: ordersFor(1) });
    await world.pass(20_000);
    expect(await eventsOf(world)).toEqual(['opened', 'planned']);
  });

  it('loses its permit within five seconds', async () => {
    const world = worldFor(1);
    await world.pass(10);
    world.cutOff('worker-1');
    await world.pass(3_900);
    expect(world.permits).toEqual([]);
    await world.pass(1_000);
    expect(world.permits).toEqual(['worker-1 ran-out']);
  });

  it('goes on by itself when it reaches the store again, and says both once', async () => {
    const world = worldFor(1);
    await world.pass(10);
    world.cutOff('worker-1');
    await world.open({ orders: ordersFor(1) });
    await world.pass(60_000);
    expect(world.target.writes).toEqual([]);
    world.reconnect('worker-1');
    await world.pass(30_000);
    expect(world.permits).toEqual(['worker-1 ran-out', 'worker-1 good-again']);
    expect((await world.execution()).state).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
  });

  it('does not keep the others from working', async () => {
    const world = worldFor(1);
    world.startWorker('worker-2');
    world.cutOff('worker-1');
    await world.open({ orders: ordersFor(1) });
    await world.pass(60_000);
    expect((await world.execution()).state).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
  });
});

describe('I10: the fence of an apply', () => {
  async function withSlowStore(ms: number): Promise<World> {
    const world: World = worldFor(1, {
      store: (store) =>
        withMethods<ExecutionStore>(store, {
          look: async (...asked) => {
            const answer = await store.look(...asked);
            await new Promise<void>((resolve) => void world.clock.after(ms, resolve));
            return answer;
          },
        }),
    });
    await world.open({ orders: ordersFor(1) });
    await world.pass(5_000);
    return world;
  }

  it('takes an answer of the store that is older than a second for none', async () => {
    const world = await withSlowStore(1_000);
    expect(world.target.writes).toEqual([]);
    const { event } = (await world.journal())[3] ?? {};
    expect(event).toMatchObject({ type: 'apply-withheld', detail: "the store's answer took 1 s" });
  });
  it('takes a prompt one', async () => expect((await withSlowStore(500)).target.writes).toHaveLength(1));

  it('leaves it to the target what came of a call that was stopped between two writes', async () => {
    const world = worldFor(1, {
      host: (host) =>
        withMethods<Host>(host, {
          apply: async (execution, step, intent, fence) => {
            await fence();
            await pull(world);
            return host.apply(execution, step, intent, fence);
          },
        }),
    });
    await world.open({ orders: ordersFor(1) });
    await world.pass(2_000);
    expect(await eventsOf(world)).toEqual(['opened', 'planned', 'apply-intended', 'apply-doubtful', 'apply-refuted']);
    expect(world.target.writes).toEqual([]);
  });
});

describe('I10: what a pause leaves alone', () => {
  it('lets everything be taken back, whatever the scope', async () => {
    const world = worldFor(3);
    world.target.measurement = { status: 'unhealthy', detail: '' };
    await world.open({ orders: ordersFor(3) });
    await world.pass(1);
    await pull(world);
    await world.pass(60_000);
    expect((await world.execution()).state).toMatchObject({ phase: 'closed', outcome: 'reverted' });
    expect([...world.target.values.values()]).toEqual(['a', 'a', 'a']);
  });

  it.each(['all', 'runbook:cut-over', 'plugin:pretend', 'target:traffic/shop', 'target:traffic/*', 'target:*op'])(
    'stops what %s covers, and begins it when lifted',
    async (scope) => {
      const world = worldFor(1);
      await pull(world, { scope });
      await world.open({ orders: ordersFor(1) });
      await world.pass(60_000);
      expect(world.target.writes).toEqual([]);
      await world.store.liftPause('p', { by: 'ada' });
      await world.pass(30_000);
      expect((await world.execution()).state).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
    },
  );

  it.each(['runbook:cut-over-center', 'plugin:pretend-2', 'target:traffic/shops', 'target:traffic', 'target:cache/*'])(
    'does not stop what %s does not cover',
    async (scope) => {
      const world = worldFor(1);
      await pull(world, { scope });
      await world.open({ orders: ordersFor(1) });
      await world.pass(30_000);
      expect((await world.execution()).state).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
    },
  );

  it('a pause with an end is over by itself, by the shared clock', async () => {
    const world = worldFor(1);
    await pull(world, { until: world.clock.now() + 30_000 });
    await world.open({ orders: ordersFor(1) });
    await world.pass(29_000);
    expect(world.target.writes).toEqual([]);
    await world.pass(3_000);
    expect(world.target.writes).toHaveLength(1);
  });
});
