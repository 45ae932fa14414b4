import fc from 'fast-check';
import type { Behaviour } from '../../../src/testing/pretend-target.js';
import type { CrashPoint } from '../../../src/testing/mortal.js';
import type { Between, World } from '../../../src/testing/world.js';
import { ordersFor, worldFor, type Run } from './runs.js';
import { slowHost } from './slow-host.js';

/** A random course of things for one execution and several workers. */
export interface Schedule {
  readonly steps: number;
  readonly uses: Run['uses'];
  readonly helps: boolean;
  readonly workers: number;
  readonly wakeupsAreLost: boolean;
  /** Wake-ups that nobody asked for, also twice and in any order: when. */
  readonly rings: readonly number[];
  readonly delaysMs: readonly number[];
  readonly applies: readonly Behaviour[];
  readonly reverts: readonly Behaviour[];
  /** The first worker stands still at a point, and goes on after a while; the others look after its work. */
  readonly freeze?: { readonly at: CrashPoint; readonly time: number; readonly forMs: number } | undefined;
  readonly signals: readonly { readonly at: number; readonly what: 'cancelled' | 'revert-asked' | 'retry-asked' }[];
}

const behaviours = fc.array(
  fc.constantFrom<Behaviour>(
    { how: 'works' },
    { how: 'works' },
    { how: 'fails', again: true },
    { how: 'fails', again: false },
    { how: 'loses-the-answer' },
    { how: 'hangs' },
    { how: 'takes-time', againInMs: 700 },
  ),
  { maxLength: 6 },
);
const instants = fc.integer({ min: 0, max: 20_000 });

/** Courses of things without anything that a person does. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  steps: fc.integer({ min: 1, max: 3 }),
  uses: fc.constantFrom('pretend/set', 'pretend/set-once'),
  helps: fc.boolean(),
  workers: fc.integer({ min: 1, max: 3 }),
  wakeupsAreLost: fc.boolean(),
  rings: fc.array(instants, { maxLength: 30 }),
  delaysMs: fc.array(fc.constantFrom(0, 0, 1, 50, 700, 3_000), { minLength: 1, maxLength: 12 }),
  applies: behaviours,
  reverts: behaviours,
  freeze: fc.option(
    fc.record({
      at: fc.constantFrom<CrashPoint>(
        'before-apply',
        'after-apply',
        'before-revert',
        'after-revert',
        'before-save-apply-intent',
        'after-save-apply-intent',
        'before-save-apply-outcome',
        'before-save-revert-intent',
        'after-save-revert-intent',
        'before-save-revert-outcome',
        'before-verify',
        'after-verify',
        'after-sample',
        'before-save-plan',
      ),
      time: fc.integer({ min: 1, max: 3 }),
      forMs: fc.constantFrom(1_000, 6_000, 20_000, 40_000),
    }),
    { nil: undefined },
  ),
  signals: fc.array(fc.record({ at: instants, what: fc.constantFrom('cancelled', 'revert-asked', 'retry-asked') }), {
    maxLength: 2,
  }),
});

/** Lets a course of things happen, and two quiet minutes after it. */
export async function runSchedule(schedule: Schedule, between: Between = {}): Promise<World> {
  const { steps, uses, helps, workers, rings, delaysMs, applies, reverts, freeze, signals } = schedule;
  const world = worldFor(steps, {
    ...between,
    host: (host, clock) => slowHost(between.host?.(host, clock) ?? host, clock, delaysMs),
  });
  world.target.measurement = { status: helps ? 'healthy' : 'unhealthy', detail: '' };
  world.target.next('apply', ...applies);
  world.target.next('revert', ...reverts);
  for (let i = 2; i <= workers; i++) world.startWorker(`worker-${i}`);
  if (schedule.wakeupsAreLost) world.loseWakeups();
  if (freeze !== undefined) world.freeze('worker-1', freeze.at, freeze.time);
  const start = world.clock.now();
  await world.open({ orders: ordersFor(steps, uses) });
  for (const at of rings) world.ring('e1', start + at);
  for (const { at, what } of signals) {
    world.clock.after(at, () => {
      world
        .command('e1', { type: what, by: 'ada', reason: 'random' })
        .catch((error: unknown) => world.warnings.push(String(error)));
    });
  }
  for (let second = 0; second < 60 && !world.isDown('worker-1'); second++) await world.pass(1_000);
  if (freeze !== undefined) await world.pass(freeze.forMs);
  world.thaw('worker-1');
  await world.pass(120_000);
  return world;
}
