import { beforeEach, describe, expect, it } from 'vitest';
import type { Execution } from '../../src/core/execution.js';
import type { Orders } from '../../src/core/orders.js';
import { anAlert } from '../../src/testing/examples.js';
import type { Reading } from '../../src/testing/pretend-target.js';
import type { World } from '../../src/testing/world.js';
import { approve, pause, say, stateIn } from './model/people.js';
import { ordersFor, worldFor } from './model/runs.js';

const bad: Reading = { status: 'unhealthy', detail: 'still broken' };
const well: Reading = { status: 'healthy', detail: 'well' };
const orders: Orders = { ...ordersFor(1), onUnhealthy: 'revert' };
const { verify } = orders;
if (verify === undefined) throw new Error('these are verified');
const guards = [{ name: 'error-rate', probe: 'pretend/guard', with: {} }];
const guarded: Orders = { ...orders, verify: { ...verify, limits: { ...verify.limits, worse: 1 }, guards } };

let world: World;
let count = 0;
beforeEach(() => {
  world = worldFor(1);
  count = 0;
});

/** Opens one on a target of its own, which is to be changed from `a` to `b`. */
async function open(change: Partial<Execution> = {}): Promise<string> {
  count += 1;
  const [id, name] = [`e${count}`, `value-${count}`];
  world.target.values.set(name, 'a');
  const ordered = change.orders ?? orders;
  const steps = ordered.steps.map((step) => ({ ...step, name, with: { name, value: 'b' } }));
  return world.open({ id, target: name, ...change, orders: { ...ordered, steps } });
}

/** Opens one and lets it come to its end. */
async function run(change: Partial<Execution> = {}): Promise<Execution> {
  const id = await open(change);
  await world.pass(10_000);
  return world.execution(id);
}

async function failThreeTimes(): Promise<void> {
  world.target.measurement = bad;
  for (let i = 0; i < 3; i++) expect((await run()).state).toMatchObject({ outcome: 'reverted' });
  world.target.measurement = well;
}

async function doHarm(): Promise<void> {
  const id = await open({ orders: guarded });
  await world.pass(500);
  world.target.guard = { status: 'unhealthy', detail: '40 errors a second' };
  await world.pass(10_000);
  world.target.guard = well;
  expect(await world.execution(id)).toMatchObject({ verdict: 'worse' });
}

describe('mode observe', () => {
  it.each<[what: string, reading: Reading, detail: RegExp]>([
    ['cleared by itself', well, /it cleared by itself: well$/],
    ['did not clear by itself', bad, /it did not clear by itself: still broken$/],
    ['may have cleared by itself', 'unreachable', /nobody can say whether it cleared by itself: /],
  ])('does everything but the effect, and says whether the trouble %s', async (_what, reading, detail) => {
    world.target.measurement = reading;
    const execution = await run({ mode: 'observe' });
    expect(execution.state).toMatchObject({
      outcome: 'dry-run',
      detail: expect.stringMatching(detail),
      plan: [{ changes: [{ from: 'a', to: 'b' }] }],
    });
    expect(execution.samples.length).toBeGreaterThan(0);
    expect(world.target.writes).toEqual([]);
  });

  it('counts what cleared by itself, also when that is told by the alert', async () => {
    await run({ mode: 'observe' });
    world.target.measurement = bad;
    await run({ mode: 'observe' });
    const alert = anAlert({ startsAt: world.clock.now() });
    world.target.measurement = { status: 'unknown', detail: '' };
    const id = await open({ mode: 'observe', alert });
    await world.pass(500);
    const over = { ...alert, status: 'resolved', endsAt: world.clock.now() } as const;
    await world.store.receive([{ receiptId: 'r', source: 's', alert, openings: [], refusals: [] }]);
    await world.store.receive([{ receiptId: 'r', source: 's', alert: over, openings: [], refusals: [] }]);
    await world.pass(5_000);
    expect((await world.execution(id)).state).toMatchObject({
      outcome: 'dry-run',
      detail: expect.stringMatching('it cleared by itself'),
    });
    const { counts } = await world.store.governance.scorecard('cut-over');
    expect(counts).toMatchObject({ fired: 3, observed: 3, clearedByItself: 2, verified: 0, reverted: 0 });
  });

  it('has nothing to take back', async () => {
    world.target.measurement = { status: 'unknown', detail: '' };
    const id = await open({ mode: 'observe' });
    await world.pass(500);
    expect(await say(world, 'revert-asked', id)).toMatchObject({ ok: false, because: 'not-in-phase' });
    expect(await say(world, 'cancelled', id)).toMatchObject({ ok: true });
    expect((await world.execution(id)).state).toMatchObject({ outcome: 'cancelled' });
  });
});

describe('a runbook whose change did not help three times in a row', () => {
  it('asks from then on, and begins when people agree', async () => {
    await failThreeTimes();
    const execution = await run();
    expect(execution).toMatchObject({
      mode: 'approve',
      lowered: { from: 'auto', to: 'approve', why: 'not-verified', detail: 'since e3' },
      state: { phase: 'awaiting-approval' },
    });
    await approve(world, { by: 'ada' }, execution.id);
    await world.pass(10_000);
    expect((await world.execution(execution.id)).state).toMatchObject({ outcome: 'succeeded' });
  });

  it('still asks after it has helped again: only a person gives trust back', async () => {
    await failThreeTimes();
    const { id } = await run();
    await approve(world, { by: 'ada' }, id);
    await world.pass(10_000);
    expect((await run()).state.phase).toBe('awaiting-approval');
    expect(await world.store.governance.restoreTrust('cut-over', { by: 'ada' })).toBe(true);
    expect((await run()).state).toMatchObject({ outcome: 'succeeded' });
  });

  it('is trusted as before when it helped in between', async () => {
    for (const reading of [bad, bad, well, bad, bad, well]) {
      world.target.measurement = reading;
      await run();
    }
    expect(await run()).toMatchObject({ mode: 'auto', state: { outcome: 'succeeded' } });
  });

  it('asks also where it was about to begin already', async () => {
    await pause(world, 'target:value-1');
    const waiting = await open();
    await world.pass(1_000);
    await stateIn(world, 'applying', waiting);
    await failThreeTimes();
    await world.store.liftPause('target:value-1', { by: 'ada' });
    await world.pass(5_000);
    expect(await world.execution(waiting)).toMatchObject({
      mode: 'approve',
      lowered: { why: 'not-verified' },
      state: { phase: 'awaiting-approval', grants: [] },
    });
    expect(world.target.values.get('value-1')).toBe('a');
  });

  it('asks also where it has waited for so long that it is planned again', async () => {
    await pause(world, 'target:value-1');
    const waiting = await open();
    await failThreeTimes();
    await world.pass(120_000);
    expect(await world.execution(waiting)).toMatchObject({ mode: 'approve', state: { phase: 'awaiting-approval' } });
  });
});

describe('a runbook that did harm once', () => {
  it('only looks from then on', async () => {
    await doHarm();
    const before = world.target.writes.length;
    expect(await run()).toMatchObject({
      mode: 'observe',
      lowered: { from: 'auto', to: 'observe', why: 'harmful' },
      state: { outcome: 'dry-run' },
    });
    expect(world.target.writes).toHaveLength(before);
  });

  it('only looks also where it was about to begin, and where people have agreed', async () => {
    const waiting = await open({ mode: 'approve' });
    await pause(world, 'target:value-2');
    const automatic = await open();
    await world.pass(1_000);
    await doHarm();
    const before = world.target.writes.length;
    await approve(world, { by: 'ada' }, waiting);
    await world.store.liftPause('target:value-2', { by: 'ada' });
    await world.pass(10_000);
    for (const id of [waiting, automatic]) {
      expect(await world.execution(id)).toMatchObject({ mode: 'observe', state: { outcome: 'dry-run' } });
    }
    expect(world.target.writes).toHaveLength(before);
  });
});

describe('an alert that comes back although it was repaired automatically again and again', () => {
  const recurring = { ...orders, recurrence: { limit: 3, perMs: 3_600_000 } };
  const alert = anAlert();

  it('asks a person', async () => {
    for (let i = 0; i < 3; i++) expect((await run({ alert, orders: recurring })).mode).toBe('auto');
    expect(await run({ alert, orders: recurring })).toMatchObject({
      mode: 'approve',
      lowered: { why: 'recurring', detail: 'repaired 3 times by itself already: e1, e2, e3' },
      state: { phase: 'awaiting-approval' },
    });
  });

  it('is repaired automatically where it is another alert, and when enough time has passed', async () => {
    for (let i = 0; i < 3; i++) await run({ alert, orders: recurring });
    const other = anAlert({ labels: { alertname: 'CenterDown', center: 'b', service: 'shop' } });
    expect((await run({ alert: other, orders: recurring })).mode).toBe('auto');
    await world.pass(3_600_000);
    expect((await run({ alert, orders: recurring })).mode).toBe('auto');
  });

  it('is not held against changes that people agreed to', async () => {
    for (let i = 0; i < 4; i++) {
      const { id } = await run({ alert, mode: 'approve', orders: recurring });
      await approve(world, { by: 'ada' }, id);
      await world.pass(10_000);
    }
    expect((await run({ alert, orders: recurring })).mode).toBe('auto');
  });
});
