import { beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../src/core/alert.js';
import type { Orders } from '../../src/core/orders.js';
import { anAlert, anExecution } from '../../src/testing/examples.js';
import type { CrashPoint } from '../../src/testing/mortal.js';
import { withMethods } from '../../src/testing/with-methods.js';
import type { Between, World } from '../../src/testing/world.js';
import { pause, say, stateIn, storyOf } from './model/people.js';
import { ordersFor, worldFor } from './model/runs.js';

// What nobody needs any more is lifted in stages, b -> b1 -> b2 -> a, one each 30 s while the verdict stays healthy.
const MINUTE = 60_000;
const orders: Orders = { ...ordersFor(1), leaseMs: 10 * MINUTE, onResolved: 'revert', clearForMs: MINUTE };
const well = { status: 'healthy', detail: 'all is well' } as const;
const ill = { status: 'unhealthy', detail: 'slow' } as const;

let world: World;
/** What the target had each time when it was measured while it was being lifted. */
let measuredAt: string[];
/** Whether questions to the probe are answered at all. */
let isHanging: boolean;
let alert: Alert;

const between: Between = {
  host: (host) =>
    withMethods(host, {
      measure: (execution, order) => {
        if (execution.state.phase === 'reverting') measuredAt.push(value());
        return isHanging ? new Promise(() => undefined) : host.measure(execution, order);
      },
    }),
};
const value = (): string => world.target.values.get('x') ?? '';
const lifted = () => world.target.writes.filter(({ verb }) => verb === 'revert');
const told = async (): Promise<object> => (await world.execution()).state;

/** Opens one for an alert and waits until its change is in force under its lease. */
async function hold(change: Partial<Orders> = {}): Promise<void> {
  alert = anAlert({ startsAt: world.clock.now() });
  const execution = anExecution({ alert, orders: { ...orders, ...change } }, world.clock.now());
  await receive(alert, [{ execution, claims: [] }]);
  world.ring(execution.id, world.clock.now());
  await world.pass(10_000);
  await stateIn(world, 'holding');
}
async function receive(
  news: Alert,
  openings: Parameters<World['store']['receive']>[0][number]['openings'] = [],
): Promise<void> {
  await world.store.receive([{ receiptId: 'r', source: 's', alert: news, openings, refusals: [] }]);
}
/** Waits until the first stage is lifted. */
async function untilFirstStage(): Promise<void> {
  for (let second = 0; second < 700 && value() !== 'b1'; second++) await world.pass(1_000);
  expect(value()).toBe('b1');
}

beforeEach(() => {
  world = worldFor(1, between);
  world.target.stages = ['b1', 'b2'];
  measuredAt = [];
  isHanging = false;
});

describe('a change that is lifted in stages', () => {
  it('goes one stage back each time it is well, with a look before each, when its lease ends', async () => {
    await hold();
    await untilFirstStage();
    await world.pass(2 * MINUTE);
    expect(lifted().map((write) => write.value)).toEqual(['b1', 'b2', 'a']);
    expect(measuredAt).toEqual(['b', 'b1', 'b2']);
    const [first, second, third] = lifted().map((write) => write.at);
    expect([(second ?? 0) - (first ?? 0), (third ?? 0) - (second ?? 0)]).toEqual([30_000, 30_000]);
    expect(await told()).toMatchObject({ outcome: 'reverted', detail: 'taken back: the lease is over' });
    const story = (await storyOf(world)).slice(-7);
    const stage = ['revert-intended', 'revert-unfinished'];
    expect(story).toEqual(['lease-ended', ...stage, ...stage, 'revert-intended', 'reverted']);
  });

  it('goes so too when the alert stayed away for long enough', async () => {
    await hold();
    await receive({ ...alert, status: 'resolved', endsAt: world.clock.now() });
    await world.pass(3 * MINUTE);
    expect(measuredAt).toEqual(['b', 'b1', 'b2']);
    expect(await told()).toMatchObject({ outcome: 'reverted', detail: 'taken back: the alert stayed clear' });
  });

  it('waits at its stage while it is not well, and goes on when it is', async () => {
    await hold();
    await untilFirstStage();
    world.target.measurement = ill;
    await world.pass(3 * MINUTE);
    expect(value()).toBe('b1');
    await stateIn(world, 'reverting');
    world.target.measurement = well;
    await world.pass(2 * MINUTE);
    expect(await told()).toMatchObject({ outcome: 'reverted' });
    expect(lifted().map((write) => write.value)).toEqual(['b1', 'b2', 'a']);
  });

  it('I5: is with a person when it was not well for too long, and stays where it is', async () => {
    await hold();
    await untilFirstStage();
    world.target.measurement = ill;
    await world.pass(9 * MINUTE);
    await stateIn(world, 'reverting');
    await world.pass(2 * MINUTE);
    expect((await stateIn(world, 'held')).cause).toBe('step x could not be taken back: not finished after 10m');
    expect(value()).toBe('b1');
  });

  it.each([
    [NaN, 1],
    [Infinity, 1],
    [-5, 1],
    [1e15, 24 * 60],
  ])('I11: is with a person in time, also where its plugin says that it may last %d ms', async (ms, minutes) => {
    world.target.liftWithinMs = ms;
    await hold();
    world.target.measurement = ill;
    await world.pass(10 * MINUTE);
    await world.passSlowly((minutes - 1) * MINUTE);
    await stateIn(world, 'reverting');
    await world.passSlowly(2 * MINUTE);
    await stateIn(world, 'held');
  });

  it('goes on in stages when a person lets it try again', async () => {
    world.target.measurement = well;
    await hold();
    world.target.measurement = ill;
    await world.pass(21 * MINUTE);
    await stateIn(world, 'held');
    world.target.measurement = well;
    await say(world, 'retry-asked');
    await world.pass(2 * MINUTE);
    expect(lifted().map((write) => write.value)).toEqual(['b1', 'b2', 'a']);
    expect(await told()).toMatchObject({ outcome: 'reverted' });
  });

  it.each<[string, () => void]>([
    ['says that it does not know', () => (world.target.measurement = { status: 'unknown', detail: 'no data' })],
    ['cannot be asked', () => (world.target.measurement = 'unreachable')],
    ['does not answer', () => (isHanging = true)],
  ])(
    'I5: stays where it is while its probe %s, and is then with a person: unknown is never success',
    async (_, goes) => {
      await hold();
      goes();
      await world.pass(19 * MINUTE);
      await stateIn(world, 'reverting');
      await world.pass(2 * MINUTE);
      expect((await stateIn(world, 'held')).cause).toMatch(/^step x could not be taken back: not finished after 10m/);
      expect(lifted()).toEqual([]);
    },
  );

  it('is with a person where the runbook has no verification to ask', async () => {
    const { verify: _none, ...blind } = orders;
    await world.open({ orders: blind, alert: anAlert() });
    await world.pass(21 * MINUTE);
    await stateIn(world, 'held');
    expect(value()).toBe('b');
  });
});

describe('a change that must be gone', () => {
  it('is taken back at once when it did not help', async () => {
    world.target.measurement = ill;
    await world.open({ orders });
    await world.pass(10_000);
    expect(lifted().map((write) => write.value)).toEqual(['a']);
    expect([measuredAt, await told()]).toMatchObject([[], { outcome: 'reverted' }]);
  });

  it('is taken back at once when a person says so', async () => {
    await hold();
    await say(world, 'revert-asked');
    await world.pass(1_000);
    expect(lifted().map((write) => write.value)).toEqual(['a']);
    expect(measuredAt).toEqual([]);
  });

  it('is taken back at once from its stage when a person says so while it is being lifted, also if it is not well', async () => {
    await hold();
    await untilFirstStage();
    world.target.measurement = ill;
    await world.pass(9 * MINUTE);
    const looks = measuredAt.length;
    expect(await say(world, 'revert-asked')).toMatchObject({ ok: true });
    world.target.next('revert', { how: 'takes-time', againInMs: 1_000 });
    await world.pass(3_000);
    expect(await told()).toMatchObject({ outcome: 'reverted', detail: 'taken back: asked by ada: looked at it' });
    expect(lifted().map((write) => write.value)).toEqual(['b1', 'a']);
    expect(measuredAt).toHaveLength(looks);
  });

  it('is not taken away from whoever lifts a stage at this moment', async () => {
    await hold();
    isHanging = true;
    await world.pass(9 * MINUTE + 52_000);
    expect(await stateIn(world, 'reverting')).toHaveProperty('intent');
    expect(await say(world, 'revert-asked')).toMatchObject({ ok: false, because: 'under-way' });
    await world.pass(10_000);
    expect(await say(world, 'revert-asked')).toMatchObject({ ok: true });
    await world.pass(1_000);
    expect(value()).toBe('a');
  });
});

describe('whoever lifts', () => {
  it('I10: is not stopped by the kill switch', async () => {
    await hold();
    await pause(world);
    await untilFirstStage();
    await world.pass(2 * MINUTE);
    expect(await told()).toMatchObject({ outcome: 'reverted' });
  });

  const deeds = ['revert', 'save-revert-intent', 'save-revert-outcome'] as const;
  const points = deeds.flatMap((deed): CrashPoint[] => [`before-${deed}`, `after-${deed}`]);
  const deaths = points.flatMap((point) => [1, 2, 3].map((time) => [point, time] as const));
  it.each(deaths)('dies %s, time %i: another one goes on from the stage that the target shows', async (point, time) => {
    await hold();
    world.startWorker('worker-2');
    world.crash('worker-1', point, time);
    world.crash('worker-2', point, time);
    for (let minute = 0; minute < 12 && !(world.isDown('worker-1') && world.isDown('worker-2')); minute++)
      await world.pass(MINUTE);
    world.startWorker('worker-3');
    await world.pass(2 * MINUTE);
    expect(await told()).toMatchObject({ outcome: 'reverted' });
    expect(lifted().map((write) => write.value)).toEqual(['b1', 'b2', 'a']);
    const looks = [...new Set(measuredAt)];
    expect(looks).toEqual(['b', 'b1', 'b2']);
  });

  it('I7: writes nothing any more when it stood still between its look and its write, and another one went on', async () => {
    await hold();
    await untilFirstStage();
    world.freeze('worker-1', 'after-sample');
    await world.pass(31_000);
    expect(world.isDown('worker-1')).toBe(true);
    world.startWorker('worker-2');
    await world.pass(2 * MINUTE);
    expect(await told()).toMatchObject({ outcome: 'reverted' });
    world.thaw('worker-1');
    await world.pass(MINUTE);
    expect(lifted().map((write) => write.value)).toEqual(['b1', 'b2', 'a']);
    expect(value()).toBe('a');
  });
});
