import { beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../src/core/alert.js';
import type { Orders } from '../../src/core/orders.js';
import { anAlert, anExecution } from '../../src/testing/examples.js';
import type { World } from '../../src/testing/world.js';
import { pause, say, stateIn, storyOf } from './model/people.js';
import { ordersFor, worldFor } from './model/runs.js';

const MINUTE = 60_000;
const orders: Orders = {
  ...ordersFor(2),
  leaseMs: 10 * MINUTE,
  leaseMaxMs: 35 * MINUTE,
  onResolved: 'revert',
  clearForMs: 5 * MINUTE,
};

let world: World;
let alert: Alert;
/** When the change came into force. */
let since = 0;

/** Opens one for an alert, as intake does, and waits until its change is in force. */
async function hold(change: Partial<Orders> = {}): Promise<void> {
  alert = anAlert({ startsAt: world.clock.now() });
  const execution = anExecution({ alert, orders: { ...orders, ...change } }, world.clock.now());
  await receive(alert, [{ execution, claims: [] }]);
  world.ring(execution.id, world.clock.now());
  await world.pass(MINUTE);
  since = (await stateIn(world, 'holding')).since ?? NaN;
}

async function receive(
  news: Alert,
  openings: Parameters<World['store']['receive']>[0][number]['openings'] = [],
): Promise<void> {
  await world.store.receive([{ receiptId: 'r', source: 's', alert: news, openings, refusals: [] }]);
}

const resolve = (): Promise<void> => receive({ ...alert, status: 'resolved', endsAt: world.clock.now() });
const fireAgain = (): Promise<void> => receive({ ...alert, startsAt: world.clock.now() });
const until = (minutes: number): Promise<void> => world.pass(since + minutes * MINUTE + 3_000 - world.clock.now());
const ended = async (): Promise<object> => (await world.execution()).state;
const values = (): string[] => ['x', 'y'].map((name) => world.target.values.get(name) ?? '');

beforeEach(() => {
  world = worldFor(2);
});

describe('I11: a change under a lease', () => {
  it('stays in force while the alert fires, at most for the longest time that the runbook names', async () => {
    await hold();
    await until(34);
    await stateIn(world, 'holding');
    expect((await storyOf(world)).filter((type) => type === 'lease-extended')).toHaveLength(3);
    await until(35);
    expect(await ended()).toMatchObject({ outcome: 'reverted', detail: 'taken back: the lease is over' });
    expect(values()).toEqual(['a', 'a']);
  });

  it('is taken back at its end where the runbook names no longest time, although the alert fires', async () => {
    const { leaseMaxMs: _none, ...plain } = orders;
    await world.open({ orders: plain, alert: anAlert() });
    await world.pass(11 * MINUTE);
    expect(await ended()).toMatchObject({ outcome: 'reverted', detail: 'taken back: the lease is over' });
  });

  it('is never extended for what was started by hand', async () => {
    await world.open({ orders });
    await world.pass(11 * MINUTE);
    expect(await ended()).toMatchObject({ outcome: 'reverted', detail: 'taken back: the lease is over' });
  });

  it('is taken back when the alert stayed away for long enough', async () => {
    await hold();
    await until(3);
    await resolve();
    await until(7.5);
    await stateIn(world, 'holding');
    await until(8.2);
    expect(await ended()).toMatchObject({ outcome: 'reverted', detail: 'taken back: the alert stayed clear' });
    expect(values()).toEqual(['a', 'a']);
  });

  it('stays in force when the alert comes back in time: then staying away starts from the beginning', async () => {
    await hold();
    await until(3);
    await resolve();
    await until(6);
    await fireAgain();
    await until(12);
    expect(await stateIn(world, 'holding')).not.toHaveProperty('clearSince');
    await resolve();
    await until(16);
    await stateIn(world, 'holding');
    await until(17.2);
    expect(await ended()).toMatchObject({ detail: 'taken back: the alert stayed clear' });
  });

  it('is not extended when the alert is over, also where the runbook keeps what helped', async () => {
    await hold({ onResolved: 'keep' });
    await until(3);
    await resolve();
    await until(9);
    await stateIn(world, 'holding');
    await until(10);
    expect(await ended()).toMatchObject({ outcome: 'reverted', detail: 'taken back: the lease is over' });
  });

  it('is taken back by hand at any time', async () => {
    await hold();
    await say(world, 'revert-asked');
    await world.pass(5_000);
    expect(await ended()).toMatchObject({ outcome: 'reverted', detail: 'taken back: asked by ada: looked at it' });
  });

  it('is taken back also while everything is paused', async () => {
    await hold({ leaseMaxMs: 10 * MINUTE });
    await pause(world);
    await until(10);
    expect(await ended()).toMatchObject({ outcome: 'reverted' });
  });

  it('is taken back at once by the first worker that lives again, when none did at its end', async () => {
    await hold();
    world.crash('worker-1', 'before-save-other');
    await until(100);
    expect(values()).toEqual(['b', 'b']);
    world.startWorker('worker-2');
    await world.pass(15_000);
    expect(await ended()).toMatchObject({ outcome: 'reverted', detail: 'taken back: the lease is over' });
  });

  it('is with a person when it cannot be taken back', async () => {
    await hold({ leaseMaxMs: 10 * MINUTE });
    world.target.next('revert', ...Array.from({ length: 3 }, () => ({ how: 'fails', again: true }) as const));
    await until(11);
    expect((await stateIn(world, 'held')).cause).toBe('step y could not be taken back: the target said no');
    await say(world, 'retry-asked');
    await world.pass(5_000);
    expect(values()).toEqual(['a', 'a']);
  });

  it('is with a person when taking it back is never finished', async () => {
    await hold({ leaseMaxMs: 10 * MINUTE });
    const slow = { how: 'takes-time', againInMs: 1_000 } as const;
    world.target.next('revert', ...Array.from({ length: 1_000 }, () => slow));
    await until(12);
    expect((await stateIn(world, 'held')).cause).toMatch(/^step y could not be taken back: not finished after 30s/);
  });
});
