import { beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../src/core/alert.js';
import type { Orders } from '../../src/core/orders.js';
import { anAlert, anExecution } from '../../src/testing/examples.js';
import type { CrashPoint } from '../../src/testing/mortal.js';
import type { World } from '../../src/testing/world.js';
import { approve, digestOf, pause, say, stateIn, storyOf } from './model/people.js';
import { ordersFor, worldFor } from './model/runs.js';

const MINUTE = 60_000;
const WITHIN = 15 * MINUTE;
const orders = ordersFor(1);
const asking = (change: Partial<Orders> = {}): { mode: 'approve'; orders: Orders } => {
  return { mode: 'approve', orders: { ...orders, ...change } };
};
const closed = (outcome: string): object => ({ phase: 'closed', outcome });

let world: World;
beforeEach(() => {
  world = worldFor(3);
});

describe('I8: between agreement and effect', () => {
  it('the plan is made again, and the same one begins', async () => {
    await world.open(asking());
    await world.pass(1_000);
    const shown = await digestOf(world);
    expect(await approve(world)).toMatchObject({ ok: true });
    await world.pass(10_000);
    const story = await storyOf(world);
    expect(story.slice(0, 6)).toEqual(['opened', 'planned', 'approved', 'planned', 'apply-intended', 'applied']);
    const digests = (await world.journal()).flatMap(({ event }) => (event.type === 'planned' ? [event.digest] : []));
    expect(digests).toEqual([shown, shown]);
    expect((await world.execution()).state).toMatchObject(closed('succeeded'));
  });

  it('a plan that has changed asks again, shows what changed, and takes no agreement to the old one', async () => {
    await world.open(asking());
    await world.pass(MINUTE);
    const old = await digestOf(world);
    world.target.values.set('x', 'c');
    await approve(world);
    await world.pass(1_000);
    expect(world.target.writes).toEqual([]);
    expect(await stateIn(world, 'awaiting-approval')).toMatchObject({
      grants: [],
      changed: ['step x: x value: from "c" to "b", was from "a" to "b"'],
      expiresAt: world.clock.now() - 1_000 + WITHIN,
    });
    expect(await world.command('e1', { type: 'approved', by: 'ada', digest: old })).toMatchObject({
      ok: false,
      because: 'plan-changed',
    });
    await approve(world);
    await world.pass(10_000);
    expect((await world.execution()).state).toMatchObject(closed('succeeded'));
    await say(world, 'revert-asked');
    await world.pass(5_000);
    expect(world.target.values.get('x'), 'what a revert restores is what was there last').toBe('c');
  });

  it('a target that is right by now is left alone', async () => {
    await world.open(asking());
    await world.pass(MINUTE);
    world.target.values.set('x', 'b');
    await approve(world);
    await world.pass(1_000);
    expect((await world.execution()).state).toMatchObject(closed('not-needed'));
    expect(world.target.writes).toEqual([]);
  });

  it('a plan that cannot be made at once is tried again', async () => {
    await world.open(asking());
    await world.pass(1_000);
    world.target.next('plan', { how: 'fails', again: true }, { how: 'fails', again: true });
    await approve(world);
    await world.pass(30_000);
    expect((await world.execution()).state).toMatchObject(closed('succeeded'));
  });

  it('a plan that can never be made again lets the agreement die with its question', async () => {
    await world.open(asking());
    await world.pass(1_000);
    world.target.next('plan', ...Array.from({ length: 1_000 }, () => ({ how: 'fails', again: true }) as const));
    await approve(world);
    await world.pass(WITHIN);
    expect((await world.execution()).state).toMatchObject({
      ...closed('expired'),
      detail: 'approved, but not planned again in time; nothing was touched',
    });
  });

  it('one that was paused for longer than a minute is planned again, and asks again if it is another one', async () => {
    await world.open(asking());
    await world.pass(1_000);
    await pause(world);
    await approve(world);
    await world.pass(3 * MINUTE);
    world.target.values.set('x', 'c');
    await world.pass(2 * MINUTE);
    expect(await stateIn(world, 'awaiting-approval')).toMatchObject({ grants: [] });
    await world.store.liftPause('all', { by: 'ada' });
    await approve(world);
    await world.pass(10_000);
    expect((await world.execution()).state).toMatchObject(closed('succeeded'));
  });

  it('an automatic one that was paused takes the new plan as it is', async () => {
    await pause(world);
    await world.open({ orders });
    await world.pass(1_000);
    world.target.values.set('x', 'c');
    await world.pass(3 * MINUTE);
    await world.store.liftPause('all', { by: 'ada' });
    await world.pass(10_000);
    expect((await world.execution()).state).toMatchObject({ ...closed('succeeded'), plan: [{ before: 'c' }] });
  });
});

describe('I4, I8: when a worker dies between agreement and effect', () => {
  const deeds = ['plan', 'save-plan', 'save-apply-intent', 'apply', 'save-apply-outcome'] as const;
  const points = deeds.flatMap((deed): CrashPoint[] => [`before-${deed}`, `after-${deed}`]);

  it.each(points)('%s, another one begins once, and only what was agreed to', async (point) => {
    for (const driftsMeanwhile of [false, true]) {
      world = worldFor(1);
      await world.open(asking());
      await world.pass(1_000);
      world.crash('worker-1', point);
      await approve(world);
      await world.pass(1_000);
      expect(world.isDown('worker-1'), 'a death that does not come proves nothing').toBe(true);
      const begun = (await storyOf(world)).includes('apply-intended');
      if (driftsMeanwhile && !begun) world.target.values.set('x', 'c');
      await world.pass(begun ? 10_000 : 2 * MINUTE);
      world.startWorker('worker-2');
      await world.pass(MINUTE);
      const state = begun || !driftsMeanwhile ? closed('succeeded') : { phase: 'awaiting-approval', grants: [] };
      expect((await world.execution()).state).toMatchObject(state);
      expect(world.target.writes).toHaveLength(begun || !driftsMeanwhile ? 1 : 0);
    }
  });
});

describe('I8: who agrees', () => {
  const roles = { required: 2, withinMs: WITHIN, roles: ['sre', 'architecture'] };

  it('is a person for each role that the runbook names', async () => {
    await world.open(asking({ approval: roles }));
    await world.pass(1_000);
    for (const by of ['ada', 'bob', 'cleo']) await approve(world, { by, roles: ['sre'] });
    await approve(world, { by: 'dan', roles: ['business'] });
    await world.pass(MINUTE);
    expect(world.target.writes).toEqual([]);
    await approve(world, { by: 'eve', roles: ['architecture'] });
    await world.pass(10_000);
    expect(world.target.writes).toHaveLength(1);
  });

  it('may not be one person for two roles', async () => {
    await world.open(asking({ approval: { ...roles, required: 1 } }));
    await world.pass(1_000);
    await approve(world, { by: 'ada', roles: ['sre', 'architecture'] });
    await world.pass(WITHIN);
    expect((await world.execution()).state).toMatchObject(closed('expired'));
    expect(world.target.writes).toEqual([]);
  });

  it('does not count any more who has lost the role when the last one agrees', async () => {
    await world.open(asking({ approval: roles }));
    await world.pass(1_000);
    await approve(world, { by: 'ada', roles: ['sre'] });
    await approve(world, { by: 'eve', roles: ['architecture'], lapsed: ['ada'] });
    await world.pass(MINUTE);
    expect((await stateIn(world, 'awaiting-approval')).grants.map(({ by }) => by)).toEqual(['eve']);
    await approve(world, { by: 'bob', roles: ['sre'] });
    await world.pass(10_000);
    expect(world.target.writes).toHaveLength(1);
  });

  it('counts once, of 200 at the same time', async () => {
    world.startWorker('worker-2');
    await world.open(asking());
    await world.pass(1_000);
    const people = Array.from({ length: 200 }, (_, i) => ({ by: `person-${i}` }));
    const answers = await Promise.all(people.map((one) => approve(world, one)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    await world.pass(10_000);
    expect((await storyOf(world)).filter((type) => type === 'approved')).toHaveLength(1);
    expect(world.target.writes).toHaveLength(1);
  });
});

describe('a question that nobody answers with yes', () => {
  it('is withdrawn when the alert resolves', async () => {
    const alert = anAlert({ startsAt: world.clock.now() });
    await receive(alert, [{ ...asking(), alert }]);
    await world.pass(MINUTE);
    await stateIn(world, 'awaiting-approval');
    await receive({ ...alert, status: 'resolved', endsAt: world.clock.now() });
    await world.pass(1_000);
    expect((await world.execution()).state).toMatchObject({
      ...closed('not-needed'),
      detail: 'the alert resolved before anything was changed',
    });
    expect(await approve(world)).toMatchObject({ ok: false, because: 'not-in-phase' });
  });

  it('is over after its time, with nothing touched', async () => {
    await world.open(asking());
    await world.pass(WITHIN - 1);
    const shown = await digestOf(world);
    await world.pass(1_001);
    expect((await world.execution()).state).toMatchObject({
      ...closed('expired'),
      detail: 'nobody approved in time; nothing was touched',
    });
    expect(await world.command('e1', { type: 'approved', by: 'ada', digest: shown })).toMatchObject({ ok: false });
    expect(world.target.writes).toEqual([]);
  });

  it('is over with a no, also between agreement and effect', async () => {
    await world.open(asking());
    await world.pass(1_000);
    world.target.next('plan', { how: 'fails', again: true });
    await approve(world);
    await world.pass(1);
    await say(world, 'rejected');
    await world.pass(WITHIN);
    expect((await world.execution()).state).toMatchObject({
      ...closed('rejected'),
      detail: expect.stringMatching('looked at it'),
    });
    expect(world.target.writes).toEqual([]);
  });

  async function receive(alert: Alert, opened: readonly Parameters<typeof anExecution>[0][] = []): Promise<void> {
    const openings = opened.map((change) => ({ execution: anExecution(change, world.clock.now()), claims: [] }));
    await world.store.receive([{ receiptId: 'r', source: 's', alert, openings, refusals: [] }]);
    for (const { execution } of openings) world.ring(execution.id, world.clock.now());
  }
});
