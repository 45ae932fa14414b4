import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ordersFor, worldFor } from './model/runs.js';
import { runSchedule, schedules } from './model/schedules.js';
import { violations } from './model/violations.js';

describe('wake-ups', () => {
  it('I4: a hundred of them at once, on three workers, make one effect', async () => {
    const world = worldFor(3);
    world.startWorker('worker-2');
    world.startWorker('worker-3');
    await world.open({ orders: ordersFor(3) });
    for (let i = 0; i < 100; i++) world.ring('e1', world.clock.now());
    await world.pass(20_000);
    expect(await violations(world)).toEqual([]);
    expect(world.target.writes).toHaveLength(3);
  });

  it('I5: that never come are not missed', async () => {
    const world = worldFor(3);
    world.loseWakeups();
    await world.open({ orders: ordersFor(3) });
    await world.pass(60_000);
    expect(await violations(world)).toEqual([]);
    expect((await world.execution()).state).toMatchObject({ outcome: 'succeeded' });
  });

  it('that name nothing, or something closed, do nothing', async () => {
    const world = worldFor(1);
    await world.open({ orders: ordersFor(1) });
    await world.pass(20_000);
    const before = await world.journal();
    world.ring('nobody', 0);
    world.ring('e1', 0);
    await world.pass(20_000);
    expect(await world.journal()).toEqual(before);
    expect(world.warnings).toEqual(['a wake-up names no execution; nothing is done']);
  });

  it(
    'I4, I5, I6, I7: lost, doubled and in any order, with slow and failing targets and a worker that stands still, break nothing',
    { timeout: 60_000 },
    async () => {
      const property = fc.asyncProperty(schedules, async (schedule) => {
        const world = await runSchedule(schedule);
        expect(await violations(world), JSON.stringify(await world.journal(), null, 1)).toEqual([]);
      });
      await fc.assert(property, { numRuns: 200 });
    },
  );
});
