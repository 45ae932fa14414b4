import type { Orders } from '../../../src/core/orders.js';
import { someOrders } from '../../../src/testing/examples.js';
import type { CrashPoint, Deed } from '../../../src/testing/mortal.js';
import type { Behaviour } from '../../../src/testing/pretend-target.js';
import { World, type Between } from '../../../src/testing/world.js';

/** One run of an execution with one worker's death in it. */
export interface Run {
  readonly point: CrashPoint;
  /** The worker dies when it comes to the point for the first time, or a later one. */
  readonly time: number;
  readonly steps: number;
  readonly uses: 'pretend/set' | 'pretend/set-once';
  /** What the first call that changes something does. */
  readonly effect: Exclude<Behaviour['how'], 'lies'>;
  /** Whether the change helps; otherwise it is taken back. */
  readonly helps: boolean;
}

const NAMES = ['x', 'y', 'z'];
const limits = { everyMs: 1_000, healthy: 2, unhealthy: 2, unknown: 2, withinMs: 30_000 };

/** Orders for some of the values x, y and z, each to be changed from `a` to `b`, verified afterwards. */
export function ordersFor(steps: number, uses: Run['uses'] = 'pretend/set'): Orders {
  return someOrders({
    steps: NAMES.slice(0, steps).map((name) => ({
      name,
      uses,
      with: { name, value: 'b' },
      timeoutMs: 10_000,
      attempts: 3,
      backoffMs: 1_000,
    })),
    verify: { probe: 'pretend/state', with: {}, limits },
  });
}

/** A world whose target has the values that the orders change. */
export function worldFor(steps: number, between: Between = {}): World {
  const world = new World(between);
  for (const name of NAMES.slice(0, steps)) world.target.values.set(name, 'a');
  return world;
}

/** Lets a worker die once, and another one take over; a minute later all should be over. */
export async function runWithDeath(run: Run, between: Between = {}): Promise<{ world: World; died: boolean }> {
  const world = worldFor(run.steps, between);
  world.target.measurement = { status: run.helps ? 'healthy' : 'unhealthy', detail: '' };
  world.target.next(run.helps ? 'apply' : 'revert', behaviourOf(run.effect));
  world.crash('worker-1', run.point, run.time);
  await world.open({ orders: ordersFor(run.steps, run.uses) });
  for (let second = 0; second < 30 && !world.isDown('worker-1'); second++) await world.pass(1_000);
  world.startWorker('worker-2');
  await world.pass(60_000);
  return { world, died: world.isDown('worker-1') };
}

function behaviourOf(how: Run['effect']): Behaviour {
  switch (how) {
    case 'fails':
      return { how, again: true };
    case 'takes-time':
      return { how, againInMs: 1_000 };
    case 'works':
    case 'loses-the-answer':
    case 'hangs':
      return { how };
  }
}

const FORWARD: readonly Deed[] = [
  'plan',
  'save-plan',
  'save-apply-intent',
  'apply',
  'save-apply-outcome',
  'verify',
  'sample',
  'save-sample',
];
const BACKWARD: readonly Deed[] = ['save-revert-intent', 'revert', 'save-revert-outcome'];

/** Every point of a run, forward and back, at each of its times, for one and three steps, whether the effect took or not. */
export function everyRun(): Run[] {
  const all: Run[] = [];
  for (const helps of [true, false]) {
    for (const deed of helps ? FORWARD : BACKWARD) {
      for (const side of ['before', 'after'] as const) {
        for (const effect of ['works', 'loses-the-answer', 'fails', 'hangs', 'takes-time'] as const) {
          for (const steps of [1, 3]) {
            for (const uses of ['pretend/set', 'pretend/set-once'] as const) {
              for (let time = 1; time <= steps + 1; time++)
                all.push({ point: `${side}-${deed}`, time, steps, uses, effect, helps });
            }
          }
        }
      }
    }
  }
  return all;
}
