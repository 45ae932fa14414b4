import { beforeEach, describe, expect, it } from 'vitest';
import { evolve } from '../../src/core/evolve.js';
import type { Execution } from '../../src/core/execution.js';
import { nextMove } from '../../src/core/next-move.js';
import type { World } from '../../src/testing/world.js';
import { approve, digestOf, pause, stateIn, storyOf } from './model/people.js';
import { ordersFor, worldFor } from './model/runs.js';

const WHY = 'up to 3 s of writes may be lost';
const inMinutes = { ...ordersFor(2), approval: { required: 1, withinMs: 1_800_000 } };

let world: World;
beforeEach(() => {
  world = worldFor(2);
});

describe('I8: a plan that asks for a person', () => {
  it('is not begun by itself, although the runbook is auto', async () => {
    world.target.asks = WHY;
    await world.open({ orders: ordersFor(2) });
    await world.pass(60_000);
    await stateIn(world, 'awaiting-approval');
    expect(await world.execution()).toMatchObject({
      mode: 'approve',
      lowered: { from: 'auto', to: 'approve', why: 'asks', detail: `x: ${WHY}; y: ${WHY}` },
    });
    expect(world.target.writes).toEqual([]);
  });

  it('is carried out when enough people agree', async () => {
    world.target.asks = WHY;
    await world.open({ orders: ordersFor(2) });
    await world.pass(500);
    await approve(world);
    await world.pass(20_000);
    expect((await world.execution()).state).toMatchObject({ outcome: 'succeeded' });
    expect(world.target.writes).toHaveLength(2);
  });

  it('says nothing about the runbook: the next execution, which asks nobody, begins by itself', async () => {
    world.target.asks = WHY;
    await world.open({ orders: ordersFor(2) });
    await world.pass(500);
    await approve(world);
    await world.pass(20_000);
    world.target.asks = undefined;
    for (const name of ['x', 'y']) world.target.values.set(name, 'a');
    await world.open({ id: 'e2', orders: ordersFor(2) });
    await world.pass(20_000);
    expect(await world.execution('e2')).toMatchObject({ mode: 'auto', state: { outcome: 'succeeded' } });
    const { counts, trust } = await world.store.governance.scorecard('cut-over');
    expect(counts).toMatchObject({ verified: 2, notVerified: 0 });
    expect(trust).toBeUndefined();
  });

  it('is asked about also when only the plan that is made again asks, right before it begins', async () => {
    await pause(world);
    await world.open({ orders: inMinutes });
    await world.pass(30_000);
    world.target.asks = WHY;
    await world.pass(60_000);
    await world.store.liftPause('all', { by: 'ada' });
    await world.pass(60_000);
    const { changed } = await stateIn(world, 'awaiting-approval');
    expect(changed).toEqual([`step x: asks for a person now: ${WHY}`, `step y: asks for a person now: ${WHY}`]);
    expect(world.target.writes).toEqual([]);
  });

  it('is a new question when the plan that people had agreed to did not ask, and no earlier agreement counts', async () => {
    await world.open({ mode: 'approve', orders: ordersFor(2) });
    await world.pass(500);
    const agreedTo = await digestOf(world);
    world.target.asks = WHY;
    await approve(world);
    await world.pass(5_000);
    const { changed, grants } = await stateIn(world, 'awaiting-approval');
    expect(grants).toEqual([]);
    expect(changed?.[0]).toBe(`step x: asks for a person now: ${WHY}`);
    const late = await world.command('e1', { type: 'approved', by: 'grace', digest: agreedTo });
    expect(late).toMatchObject({ ok: false, because: 'plan-changed' });
    await world.pass(5_000);
    expect(world.target.writes).toEqual([]);
  });

  it('is the same question when only the words are others: what may be lost stands in the changes', async () => {
    world.target.asks = WHY;
    await world.open({ orders: ordersFor(2) });
    await world.pass(500);
    world.target.asks = 'up to 2 s of writes may be lost';
    await approve(world);
    await world.pass(20_000);
    expect((await storyOf(world)).filter((type) => type === 'approved')).toHaveLength(1);
    expect((await world.execution()).state).toMatchObject({ outcome: 'succeeded' });
  });

  it('changes nothing and asks nobody where it only observes, or is a dry run', async () => {
    world.target.asks = WHY;
    await world.open({ id: 'o', mode: 'observe', orders: ordersFor(2) });
    await world.open({ id: 'd', dryRun: true, orders: ordersFor(2) });
    await world.pass(60_000);
    for (const id of ['o', 'd']) expect((await world.execution(id)).state).toMatchObject({ outcome: 'dry-run' });
    expect(world.target.writes).toEqual([]);
  });

  it('cannot be begun, whatever else went wrong: no intent is taken while the mode is auto', async () => {
    await pause(world);
    await world.open({ orders: inMinutes });
    await world.pass(1_000);
    const before = await world.execution();
    const { state } = before;
    if (state.phase !== 'applying') throw new Error('it is about to begin');
    const plan = state.plan.map((step, i) => (i === 1 ? { ...step, asks: WHY } : step));
    const forged: Execution = { ...before, state: { ...state, plan } };
    const at = world.clock.now();
    const intent = { key: 'k', epoch: 9, owner: 'w', at, deadline: at + 1_000 };
    expect(nextMove(before, at)).toEqual({ do: 'apply', step: 0 });
    expect(evolve(before, { type: 'apply-intended', step: 0, intent }, at).ok).toBe(true);
    expect(nextMove(forged, at)).toEqual({ do: 'plan' });
    expect(evolve(forged, { type: 'apply-intended', step: 0, intent }, at)).toMatchObject({
      ok: false,
      detail: 'the plan asks for a person, and nobody has agreed',
    });
  });
});
