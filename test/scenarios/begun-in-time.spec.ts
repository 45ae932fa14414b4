import { beforeEach, describe, expect, it } from 'vitest';
import type { Orders } from '../../src/core/orders.js';
import { parseWindow, type Windows } from '../../src/core/window.js';
import type { World } from '../../src/testing/world.js';
import { approve, pause, say, stateIn } from './model/people.js';
import { ordersFor, worldFor } from './model/runs.js';

const MINUTE = 60_000;
const WITHIN = 15 * MINUTE;
const orders = ordersFor(1);
const closed = (outcome: string): object => ({ phase: 'closed', outcome });

let world: World;
beforeEach(() => {
  world = worldFor(3);
});

describe('what cannot be begun in time', () => {
  it.each(['auto', 'approve'] as const)('I8, I10: expires in mode %s with nothing touched', async (mode) => {
    await pause(world);
    await world.open({ mode, orders });
    await world.pass(1_000);
    await approve(world);
    await world.pass(WITHIN);
    expect((await world.execution()).state).toMatchObject({
      ...closed('expired'),
      detail: 'it could not be begun in time: paused, outside its window, or a guard said no all the while',
    });
    await world.store.liftPause('all', { by: 'ada' });
    await world.pass(MINUTE);
    expect(world.target.writes).toEqual([]);
  });

  it('I5, I10: is with a person when it was paused between two steps; a person goes on, or takes back', async () => {
    for (const id of ['on', 'back']) {
      const names = [`${id}-1`, `${id}-2`];
      for (const name of names) world.target.values.set(name, 'a');
      const steps = names.map((name) => ({ ...orders.steps[0], name, with: { name, value: 'b' } }));
      world.target.next('apply', { how: 'works' }, { how: 'takes-time', againInMs: 100 });
      await world.open({ id, target: id, orders: { ...orders, steps: steps.flatMap(complete) } });
      await world.pass(50);
      await pause(world);
      await world.pass(WITHIN + MINUTE);
      const held = await stateIn(world, 'held', id);
      expect(held.cause).toMatch(/^step .*-2 could not be begun in time: paused/);
      await world.store.liftPause('all', { by: 'ada' });
      await world.pass(1_000);
    }
    await say(world, 'retry-asked', 'on');
    await say(world, 'revert-asked', 'back');
    await world.pass(MINUTE);
    expect((await world.execution('on')).state).toMatchObject(closed('succeeded'));
    expect((await world.execution('back')).state).toMatchObject(closed('reverted'));
    const left = ['on-1', 'on-2', 'back-1', 'back-2'].map((name) => world.target.values.get(name));
    expect(left).toEqual(['b', 'b', 'a', 'a']);
  });

  it('waits for its window to open, and expires when that is too late', async () => {
    const opens = (text: string): Windows => {
      const parsed = parseWindow(text);
      if (!parsed.ok) throw new Error(parsed.detail);
      return { only: [parsed.window], never: [] };
    };
    await world.open({ id: 'soon', target: 'x', orders: { ...orders, windows: opens('12:10-13:00') } });
    await world.open({ id: 'late', target: 'y', orders: { ...ordersFor(2), windows: opens('12:20-13:00') } });
    await world.pass(9 * MINUTE);
    expect(world.target.writes).toEqual([]);
    await world.pass(2 * MINUTE);
    expect((await world.execution('soon')).state).toMatchObject(closed('succeeded'));
    await world.pass(15 * MINUTE);
    expect((await world.execution('late')).state).toMatchObject(closed('expired'));
    expect(world.target.writes.map(({ name }) => name)).toEqual(['x']);
  });

  function complete(step: Partial<Orders['steps'][number]>): Orders['steps'] {
    const [whole] = orders.steps;
    return whole === undefined ? [] : [{ ...whole, ...step }];
  }
});
