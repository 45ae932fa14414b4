import { expect } from 'vitest';
import { startDrillRig, type DrillRig, type Side } from '../rig/drill/rig.js';
import { allWrites, judged } from '../rig/drill/run.js';
import { planned } from '../rig/drill/scenarios/planned.js';
import type { Tuning } from '../rig/drill/settings.js';
import { tick } from '../rig/drill/ledger.js';
import { rigProgram } from '../rig/project.js';
import { waitFor } from '../rig/wait-for.js';

/** A point at which the worker kills itself: before or after the n-th effect in that direction. */
export type Point = readonly [point: 'before-apply' | 'after-apply' | 'before-revert' | 'after-revert', nth: number];

/** So that everything up to the canary is taken back: its verification can never be healthy. */
const TAKEN_BACK: Tuning = {
  runbooks: {
    'cut-over-center-with-data': [
      [['spec', 'onUnhealthy'], 'revert'],
      [['spec', 'steps', 3, 'verify', 'with', 'healthy'], '>= 2'],
    ],
  },
};

/**
 * Cuts over with a worker that is killed with SIGKILL at a point, starts another one, and looks at what came of it.
 *
 * @returns how it ended, and in which milliseconds after the next worker was ready
 */
export async function killedAt([point, nth]: Point): Promise<string> {
  const dies = { program: rigProgram('dying-service.js'), args: [point, String(nth)] };
  const reverts = point.endsWith('revert');
  const rig = await startDrillRig({ firebreak: dies, ...(reverts ? { tuning: TAKEN_BACK } : {}) });
  try {
    const [faultAt, faultTick] = [Date.now(), tick()];
    await planned.fault(rig, 'a', 'b').catch((error: unknown) => {
      // It may have died before it answered.
      if (rig.firebreak.process().isRunning()) throw error;
    });
    await waitFor('the worker to die', () => !rig.firebreak.process().isRunning(), 40_000);
    await rig.firebreak.restart();
    const readyAt = Date.now();
    const ended = await waitFor('the execution to end', () => settled(rig), 60_000, 100).catch(
      async (error: unknown) => {
        throw new Error(`${String(error)}; it stands so: ${JSON.stringify(await rig.firebreak.executions())}`);
      },
    );
    const took = Date.now() - readyAt;
    const primary = await onePrimary(rig);
    const said = `${point} ${nth}: ${ended.phase} ${ended.outcome ?? ended.held?.cause ?? ''}, primary ${primary}, ${took} ms`;
    if (ended.phase === 'closed') await stillServed(rig, primary);
    const from: Side = primary === 'a' ? 'b' : 'a';
    const judgement = await judged(rig, { from, to: primary, faultAt, faultTick });
    expect(judgement.missing, said).toEqual([]);
    // From a to b; and when that was taken back, to a again: never to and fro.
    expect(turns(rig, faultTick), said).toBeLessThanOrEqual(primary === 'b' ? 1 : 2);
    return said;
  } finally {
    await rig.stop();
  }
}

/** How often the side that acknowledges has changed, in the order of the commits. */
function turns(rig: DrillRig, sinceTick: number): number {
  const sides = allWrites(rig)
    .filter((write) => write.acknowledged && (write.committed ?? 0) > sinceTick)
    .toSorted((one, other) => (one.committed ?? 0) - (other.committed ?? 0))
    .map((write) => write.center);
  return sides.filter((side, index) => index > 0 && side !== sides[index - 1]).length;
}

async function settled(rig: DrillRig) {
  const [execution] = await rig.firebreak.executions();
  return execution !== undefined && ['closed', 'held'].includes(execution.phase) && execution;
}

/** Exactly one of the two would take a write. */
async function onePrimary(rig: DrillRig): Promise<Side> {
  const question = `SELECT 1 FROM pg_database WHERE datname = 'orders' AND datallowconn AND NOT pg_is_in_recovery()`;
  const a = (await rig.postgres.a.query(question)).length;
  const b = (await rig.postgres.b.query(question)).length;
  expect(a + b, `open primaries: a ${a}, b ${b}`).toBe(1);
  return a === 1 ? 'a' : 'b';
}

async function stillServed(rig: DrillRig, side: Side): Promise<void> {
  const since = Date.now();
  await waitFor(
    `users to be served by ${side}`,
    () =>
      allWrites(rig).filter(
        (write) => write.by === 'user' && write.acknowledged && write.center === side && write.sentAt > since,
      ).length > 20,
    20_000,
    100,
  );
}
