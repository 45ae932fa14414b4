import type { Orders } from '../../../src/core/orders.js';
import type { VerifyLimits } from '../../../src/core/runbook.js';
import { someOrders } from '../../../src/testing/examples.js';
import type { Reading } from '../../../src/testing/pretend-target.js';
import { World, type Between } from '../../../src/testing/world.js';

type StepOrder = Orders['steps'][number];

/** What a stage shows when it has gone wrong. */
export const BAD: Reading = { status: 'unhealthy', value: 7, detail: '7 errors a second' };
/** What it shows when all is well. */
export const GOOD: Reading = { status: 'healthy', value: 0, detail: 'no errors' };

/** How a stage is judged: fast, and by the first sample. */
export const FAST: VerifyLimits = { everyMs: 200, healthy: 1, unhealthy: 1, unknown: 2, withinMs: 10_000 };

/** How much goes to the other side in each stage; it is `0` before. */
export const SHARES = ['10', '50', '100'] as const;

/** One step that sends so much to the other side. */
export function stage(share: string, change: Partial<StepOrder> = {}): StepOrder {
  return {
    name: `share-${share}`,
    uses: 'pretend/set',
    with: { name: 'share', value: share },
    timeoutMs: 10_000,
    attempts: 3,
    backoffMs: 1_000,
    ...change,
  };
}

/** A switch in three stages, each of which must prove healthy before the next one is begun. */
export function stagedOrders(limits: Partial<VerifyLimits> = {}, change: Partial<Orders> = {}): Orders {
  const verify = { probe: 'pretend/state', with: {}, limits: { ...FAST, ...limits } };
  return someOrders({ steps: SHARES.map((share) => stage(share, { verify })), ...change });
}

/** A world in which nothing goes to the other side yet. */
export function stagedWorld(between: Between = {}): World {
  const world = new World(between);
  world.target.values.set('share', '0');
  world.target.measurement = GOOD;
  return world;
}

/** From the moment at which a stage is in force the probe says something else. */
export function inStage(world: World, step: number, reading: Reading): void {
  world.onSaved = (_event, before, { state }) => {
    const begins = before.state.phase !== 'verifying' && state.phase === 'verifying' && state.step === step;
    if (begins) world.target.measurement = reading;
  };
}

/** What the target has logged, in words. */
export function writesOf(world: World): string[] {
  return world.target.writes.map(({ verb, value }) => `${verb} ${value}`);
}
