import { beforeEach, describe, expect, it } from 'vitest';
import { replay } from '../../src/core/evolve.js';
import type { Execution } from '../../src/core/execution.js';
import type { Orders } from '../../src/core/orders.js';
import type { Sample } from '../../src/core/runbook.js';
import type { World } from '../../src/testing/world.js';
import { approve, pause, say, stateIn, storyOf } from './model/people.js';
import { BAD, GOOD, inStage, SHARES, stage, stagedOrders, stagedWorld, writesOf } from './model/stages.js';

const silent = { status: 'unknown', detail: 'no data' } as const;
const verify = { probe: 'pretend/state', with: {}, limits: { ...stagedOrders().steps[0]!.verify!.limits, healthy: 2 } };
const FORWARD = ['apply 10', 'apply 50', 'apply 100'];

/** What was heard in each step's own verification. */
const heard = ({ steps }: Execution): Sample['status'][][] =>
  steps.map(({ verification }) => (verification?.samples ?? []).map(({ status }) => status));

let world: World;
beforeEach(() => {
  world = stagedWorld();
});

async function run(orders: Orders, ms = 30_000): Promise<Execution> {
  await world.open({ orders });
  await world.pass(ms);
  return world.execution();
}

describe('a switch by stages', () => {
  it('is planned as a whole, each stage from where the one before will have led', async () => {
    await world.open({ mode: 'approve', orders: stagedOrders() });
    await world.pass(500);
    const { plan } = await stateIn(world, 'awaiting-approval');
    expect(plan.flatMap(({ changes }) => changes.map(({ from, to }) => [from, to]))).toEqual([
      ['0', '10'],
      ['10', '50'],
      ['50', '100'],
    ]);
    expect(plan.map(({ before }) => before)).toEqual(['0', '10', '50']);
  });

  it('I8: is planned the same way again after people have agreed, so that their agreement holds', async () => {
    await world.open({ mode: 'approve', orders: stagedOrders() });
    await world.pass(500);
    await approve(world);
    await world.pass(5_000);
    expect((await world.execution()).state).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
    expect(writesOf(world)).toEqual(FORWARD);
    expect((await storyOf(world)).filter((type) => type === 'planned')).toHaveLength(2);
  });

  it('begins no stage before the one before has proved healthy, and tells when each was what', async () => {
    const execution = await run(stagedOrders({ healthy: 2 }));
    expect(await storyOf(world)).toEqual([
      'opened',
      'planned',
      ...SHARES.flatMap(() => ['apply-intended', 'applied', 'sampled', 'sampled']),
    ]);
    expect(heard(execution)).toEqual(SHARES.map(() => ['healthy', 'healthy']));
    const times = execution.steps.flatMap(({ startedAt = NaN, finishedAt = NaN, verification }) => [
      startedAt,
      finishedAt,
      verification?.startedAt ?? NaN,
      verification?.finishedAt ?? NaN,
    ]);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(execution.steps.map(({ verification }) => verification?.verdict)).toEqual(['healthy', 'healthy', 'healthy']);
    expect(replay(await world.journal())).toEqual(execution);
  });

  it('takes the first sample at once, so that stages last no longer than they must', async () => {
    const opened = world.clock.now();
    const { timeline, verdict } = await run(stagedOrders());
    expect((timeline.verifiedAt ?? NaN) - opened).toBeLessThan(200);
    expect(verdict).toBe('healthy');
  });

  it.each(SHARES.map((share, step) => [share, step] as const))(
    'I6: goes back through all stages in the very advance that sees the stage of %s turn unhealthy (step %i)',
    async (_share, step) => {
      inStage(world, step, BAD);
      const execution = await run(stagedOrders());
      const back = ['0', ...SHARES].slice(0, step + 1).toReversed();
      expect(writesOf(world)).toEqual([...FORWARD.slice(0, step + 1), ...back.map((share) => `revert ${share}`)]);
      const bad = execution.steps[step]?.verification?.samples.at(-1);
      expect(world.target.writes.find(({ verb }) => verb === 'revert')?.at).toBe(bad?.at);
      expect(execution).toMatchObject({
        verdict: 'unhealthy',
        state: {
          outcome: 'reverted',
          detail: `taken back: after step share-${SHARES[step]}: 7 errors a second`,
        },
      });
      expect(execution.steps.slice(step + 1).every(({ state }) => state === 'waiting')).toBe(true);
    },
  );

  it('never counts what an earlier stage has shown for a later one', async () => {
    const readings = [BAD, GOOD, GOOD, BAD, GOOD, GOOD, BAD, BAD];
    world.onSaved = (_event, _before, { state }) => {
      if (state.phase === 'verifying') world.target.measurement = readings.shift() ?? GOOD;
    };
    const execution = await run(stagedOrders({ healthy: 2, unhealthy: 2 }));
    expect(heard(execution)).toEqual([
      ['unhealthy', 'healthy', 'healthy'],
      ['unhealthy', 'healthy', 'healthy'],
      ['unhealthy', 'unhealthy'],
    ]);
    expect(execution.state).toMatchObject({ outcome: 'reverted' });
  });

  it('judges the result besides, when all stages are healthy, with samples of its own', async () => {
    const execution = await run(stagedOrders({}, { verify }));
    expect(heard(execution)).toEqual([['healthy'], ['healthy'], ['healthy']]);
    expect(execution.samples).toHaveLength(2);
    expect(execution).toMatchObject({ verdict: 'healthy', state: { outcome: 'succeeded' } });
  });

  it('stays in force under its lease after the last stage', async () => {
    const { state } = await run(stagedOrders({}, { leaseMs: 600_000 }));
    expect(state.phase).toBe('holding');
  });

  it('counts once in the scorecard, and a stage that turned bad counts against the runbook', async () => {
    await run(stagedOrders());
    world.target.values.set('share', '0');
    inStage(world, 1, BAD);
    await world.open({ id: 'e2', orders: stagedOrders() });
    await world.pass(5_000);
    const { counts, failuresInARow } = await world.store.governance.scorecard('cut-over');
    expect(counts).toMatchObject({ verified: 1, notVerified: 1, reverted: 1 });
    expect(failuresInARow).toBe(1);
  });
});

describe('a stage that does not prove healthy', () => {
  it('is held for a person who may measure again and go on', async () => {
    inStage(world, 1, BAD);
    await run(stagedOrders({}, { onUnhealthy: 'hold' }));
    const held = await stateIn(world, 'held');
    expect(held.cause).toBe('the change did not help: after step share-50: 7 errors a second');
    expect(world.target.values.get('share')).toBe('50');
    world.target.measurement = GOOD;
    world.onSaved = () => undefined;
    await say(world, 'retry-asked');
    await world.pass(5_000);
    expect(await world.execution()).toMatchObject({ verdict: 'healthy', state: { outcome: 'succeeded' } });
    expect(heard(await world.execution())).toEqual([['healthy'], ['healthy'], ['healthy']]);
    expect(writesOf(world)).toEqual(FORWARD);
  });

  it.each([
    ['revert-asked', 'reverted', '0'],
    ['accepted', 'accepted', '50'],
  ] as const)('is held for a person who may end it: %s', async (command, outcome, left) => {
    inStage(world, 1, BAD);
    await run(stagedOrders({}, { onUnhealthy: 'hold' }));
    await say(world, command);
    await world.pass(5_000);
    expect((await world.execution()).state).toMatchObject({ outcome });
    expect(world.target.values.get('share')).toBe(left);
  });

  it.each([silent, 'unreachable'] as const)('is held when nobody can say how it is (%j)', async (reading) => {
    inStage(world, 0, reading);
    await run(stagedOrders());
    expect((await stateIn(world, 'held')).cause).toMatch(
      /^nobody can say whether the change helped: after step share-10: /,
    );
    expect(writesOf(world)).toEqual(['apply 10']);
  });

  it('is taken back when its time is over before it was healthy often enough', async () => {
    const { steps, state } = await run(stagedOrders({ healthy: 100, withinMs: 5_000 }));
    expect(state).toMatchObject({ outcome: 'reverted' });
    const { startedAt = NaN, finishedAt = NaN, samples = [] } = steps[0]?.verification ?? {};
    expect(finishedAt - startedAt).toBe(5_000);
    expect(samples).toHaveLength(25);
    expect(await storyOf(world)).toContain('verification-ended');
  });

  it('stays with a person when a step before it cannot be taken back, who may measure again', async () => {
    const orders = stagedOrders();
    const [first, ...others] = orders.steps;
    inStage(world, 1, BAD);
    await run({ ...orders, steps: [{ ...first!, uses: 'pretend/burn' }, ...others] });
    expect((await stateIn(world, 'held')).cause).toBe(
      "after step share-50: 7 errors a second; step share-10 can't be taken back",
    );
    world.target.measurement = GOOD;
    world.onSaved = () => undefined;
    await say(world, 'retry-asked');
    await world.pass(5_000);
    expect((await world.execution()).state).toMatchObject({ outcome: 'succeeded' });
  });
});

describe('guard metrics of a stage', () => {
  const guards = [{ name: 'errors', probe: 'pretend/guard', with: {} }];
  const guarded = (): Orders => {
    const orders = stagedOrders();
    return { ...orders, steps: orders.steps.map((one) => ({ ...one, verify: { ...one.verify!, guards } })) };
  };

  it('take it back when they go bad, as harm', async () => {
    world.onSaved = (_event, _before, { state }) => {
      if (state.phase === 'verifying' && state.step === 1) world.target.guard = BAD;
    };
    expect(await run(guarded())).toMatchObject({ verdict: 'worse', state: { outcome: 'reverted' } });
    expect(writesOf(world)).toEqual(['apply 10', 'apply 50', 'revert 10', 'revert 0']);
  });

  it('are no harm when they were bad before the first stage, and are measured once for all of them', async () => {
    world.target.guard = BAD;
    const { baseline = [], state } = await run(guarded());
    expect(state).toMatchObject({ outcome: 'succeeded' });
    expect(baseline.map(({ step, name, status }) => [step, name, status])).toEqual(
      SHARES.map((share) => [`share-${share}`, 'errors', 'unhealthy']),
    );
    expect(new Set(baseline.map(({ at }) => at)).size).toBe(1);
  });
});

describe('between two stages', () => {
  const slow = { everyMs: 1_000, healthy: 3 };

  it('I10: a pause keeps the next one from being begun, and measuring goes on', async () => {
    await world.open({ orders: stagedOrders(slow) });
    await world.pass(500);
    await pause(world);
    await world.pass(20_000);
    expect(heard(await world.execution())).toEqual([['healthy', 'healthy', 'healthy'], [], []]);
    expect(writesOf(world)).toEqual(['apply 10']);
    await world.store.liftPause('all', { by: 'ada' });
    await world.pass(20_000);
    expect(writesOf(world)).toEqual(FORWARD);
  });

  it('I10: a pause does not keep a bad one from being taken back', async () => {
    await world.open({ orders: stagedOrders(slow) });
    await world.pass(500);
    await pause(world);
    world.target.measurement = BAD;
    await world.pass(2_000);
    expect(writesOf(world)).toEqual(['apply 10', 'revert 0']);
  });

  it('I5: one that could not be begun in time is with a person, who may go on', async () => {
    await world.open({ orders: stagedOrders(slow, { approval: { required: 1, withinMs: 60_000 } }) });
    await world.pass(500);
    await pause(world);
    await world.pass(120_000);
    expect((await stateIn(world, 'held')).resume).toEqual({ at: 'step', step: 1 });
    await world.store.liftPause('all', { by: 'ada' });
    await say(world, 'retry-asked');
    await world.pass(20_000);
    expect(writesOf(world)).toEqual(FORWARD);
  });

  it('I6: a person may cancel, and everything so far is taken back', async () => {
    await world.open({ orders: stagedOrders(slow) });
    await world.pass(3_500);
    expect(await stateIn(world, 'verifying')).toMatchObject({ step: 1 });
    await say(world, 'cancelled');
    await world.pass(2_000);
    expect((await world.execution()).state).toMatchObject({ outcome: 'cancelled' });
    expect(writesOf(world)).toEqual(['apply 10', 'apply 50', 'revert 10', 'revert 0']);
  });

  it('goes on when the alert resolves meanwhile', async () => {
    await world.open({ orders: stagedOrders(slow) });
    await world.pass(500);
    await world.command('e1', { type: 'alert-resolved', endsAt: world.clock.now() });
    await world.pass(20_000);
    expect(writesOf(world)).toEqual(FORWARD);
  });

  it.each([
    'before-sample',
    'after-sample',
    'before-save-sample',
    'after-save-sample',
    'before-save-apply-intent',
    'after-save-apply-intent',
    'after-apply',
    'after-save-apply-outcome',
  ] as const)('I4, I5: a worker that dies %s is made up for, in whichever stage', async (point) => {
    for (const time of [1, 2, 3, 4]) {
      world = stagedWorld();
      world.crash('worker-1', point, time);
      await world.open({ orders: stagedOrders({ healthy: 2 }) });
      await world.pass(5_000);
      world.startWorker('worker-2');
      await world.pass(60_000);
      expect((await world.execution()).state).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
      expect(writesOf(world)).toEqual(FORWARD);
    }
  });
});

describe('a step for which there was nothing to do when it was planned', () => {
  const idle = stage('10', { name: 'idle', with: { name: 'y', value: 'b' } });
  const orders = (): Orders => ({ ...stagedOrders(), steps: [...stagedOrders().steps.slice(0, 1), idle] });

  it('is shown as such and begun like any other', async () => {
    world.target.values.set('y', 'b');
    const { steps, state } = await run(orders());
    expect(state).toMatchObject({ outcome: 'succeeded', plan: [{ step: 'share-10' }, { idle: 'y is b' }] });
    expect(steps).toMatchObject([{ state: 'applied' }, { state: 'applied', attempts: 1 }]);
  });

  it('makes it so when that has changed before its turn: what comes later may rest on it', async () => {
    world.target.values.set('y', 'b');
    world.onSaved = ({ type }) => {
      if (type === 'sampled') world.target.values.set('y', 'a');
    };
    const again = { ...orders(), steps: [orders().steps[0]!, { ...idle, uses: 'pretend/set-once' }] };
    expect((await run(again)).state).toMatchObject({ outcome: 'succeeded' });
    expect(world.target.values.get('y')).toBe('b');
  });

  it('hinders nobody when nothing is to be done at all, although no plan can be made', async () => {
    world.target.values.set('share', '10').set('y', 'b');
    world.target.next('plan', { how: 'fails', again: false }, { how: 'fails', again: false });
    expect((await run(orders())).state).toMatchObject({
      outcome: 'not-needed',
      detail: 'share-10: share is 10; idle: y is b',
    });
  });
});
