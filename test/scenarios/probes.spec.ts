import { beforeEach, describe, expect, it } from 'vitest';
import type { Orders } from '../../src/core/orders.js';
import type { Reading } from '../../src/testing/pretend-target.js';
import type { World } from '../../src/testing/world.js';
import { approve, stateIn, storyOf } from './model/people.js';
import { ordersFor, worldFor } from './model/runs.js';

const guard = { probe: 'pretend/guard', with: {} };
const guarded = (change: Partial<Orders> = {}): Orders => {
  const { verify, ...orders } = ordersFor(2);
  if (verify === undefined) throw new Error('these are verified');
  const limits = { ...verify.limits, unhealthy: 5, worse: 1 };
  return { ...orders, ...change, verify: { ...verify, limits, guards: [{ ...guard, name: 'error-rate' }] } };
};
const required = { ...ordersFor(1), require: [guard] };
const bad: Reading = { status: 'unhealthy', value: 40, detail: '40 errors a second' };
const silent: Reading = { status: 'unknown', detail: 'no data' };

let world: World;
beforeEach(() => {
  world = worldFor(2);
});

describe('verification', () => {
  it.each(['revert', 'hold'] as const)(
    'takes back at once what does harm, with onUnhealthy: %s',
    async (onUnhealthy) => {
      await world.open({ orders: guarded({ onUnhealthy }) });
      await world.pass(500);
      world.target.guard = bad;
      await world.pass(2_000);
      expect(await world.execution()).toMatchObject({
        verdict: 'worse',
        state: {
          outcome: 'reverted',
          detail: 'taken back: the change did harm: all is well; error-rate: 40 errors a second',
        },
      });
      expect([...world.target.values.values()]).toEqual(['a', 'a']);
    },
  );

  it('takes nothing for harm that was bad before the change', async () => {
    world.target.guard = bad;
    await world.open({ orders: guarded() });
    await world.pass(60_000);
    expect(await world.execution()).toMatchObject({ verdict: 'healthy', state: { outcome: 'succeeded' } });
  });

  it.each<[what: string, reading: Reading]>([
    ['says nothing', silent],
    ['cannot be asked', 'unreachable'],
  ])('holds for a person when the target metric %s', async (_what, reading) => {
    world.target.measurement = reading;
    await world.open({ orders: guarded() });
    await world.pass(60_000);
    expect((await stateIn(world, 'held')).cause).toMatch(/^nobody can say whether the change helped: /);
    expect([...world.target.values.values()]).toEqual(['b', 'b']);
  });

  it('holds for a person when a guard metric says nothing any more', async () => {
    await world.open({ orders: guarded() });
    await world.pass(500);
    world.target.guard = 'unreachable';
    await world.pass(60_000);
    expect((await stateIn(world, 'held')).cause).toContain('error-rate: pretend/guard could not be asked');
  });
});

describe('a precondition', () => {
  it('that holds is in nobody’s way', async () => {
    await world.open({ orders: required });
    await world.pass(10_000);
    expect((await world.execution()).state).toMatchObject({ outcome: 'succeeded' });
  });

  it.each<[what: string, reading: Reading, detail: string]>([
    ['does not hold', bad, 'precondition: pretend/guard: 40 errors a second'],
    ['says nothing', silent, 'precondition: pretend/guard: no data'],
    [
      'cannot be asked',
      'unreachable',
      'precondition: pretend/guard could not be asked: the target could not be reached',
    ],
  ])('that %s blocks, with nothing touched and no further runbook', async (_what, reading, detail) => {
    world.target.guard = reading;
    await world.open({ orders: { ...required, escalate: 'next-one' } });
    await world.pass(60_000);
    const { state, escalation } = await world.execution();
    expect(state).toMatchObject({ phase: 'closed', outcome: 'blocked', detail });
    expect(escalation).toBeUndefined();
    expect(world.target.writes).toEqual([]);
  });

  it('that could not be asked for a moment is asked again', async () => {
    world.target.guard = 'unreachable';
    await world.open({ orders: required });
    await world.pass(500);
    world.target.guard = { status: 'healthy', detail: 'it answers again' };
    await world.pass(10_000);
    expect((await world.execution()).state).toMatchObject({ outcome: 'succeeded' });
  });

  it('is asked once more when people have agreed', async () => {
    await world.open({ mode: 'approve', orders: required });
    await world.pass(1_000);
    world.target.guard = bad;
    await approve(world);
    await world.pass(1_000);
    expect((await world.execution()).state).toMatchObject({ outcome: 'blocked' });
    expect(await storyOf(world)).toEqual(['opened', 'planned', 'approved', 'blocked']);
    expect(world.target.writes).toEqual([]);
  });
});
