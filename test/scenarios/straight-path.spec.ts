import { beforeEach, describe, expect, it } from 'vitest';
import { replay } from '../../src/core/evolve.js';
import type { Orders } from '../../src/core/orders.js';
import { someOrders } from '../../src/testing/examples.js';
import { World } from '../../src/testing/world.js';

const verify: Orders['verify'] = {
  probe: 'pretend/state',
  with: {},
  limits: { everyMs: 1_000, healthy: 3, unhealthy: 3, unknown: 3, withinMs: 30_000 },
};
const step = (name: string, change: Partial<Orders['steps'][number]> = {}): Orders['steps'][number] => ({
  name,
  uses: 'pretend/set',
  with: { name, value: 'b' },
  timeoutMs: 10_000,
  attempts: 3,
  backoffMs: 1_000,
  ...change,
});
const oneStep = someOrders({ steps: [step('x')], verify });
const threeSteps = someOrders({ steps: [step('x'), step('y'), step('z')], verify });

describe('the straight path', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
    for (const name of ['x', 'y', 'z']) world.target.values.set(name, 'a');
  });

  it('plans, applies, verifies and closes', async () => {
    await world.open({ orders: oneStep });
    await world.pass(5_000);
    const execution = await world.execution();
    expect(execution.state).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
    expect(execution.samples).toHaveLength(3);
    expect(execution.verdict).toBe('healthy');
    expect(world.target.values.get('x')).toBe('b');
    expect(world.target.writes).toHaveLength(1);
  });

  it('replays its journal to the same execution', async () => {
    await world.open({ orders: threeSteps });
    world.target.next('apply', { how: 'works' }, { how: 'fails', again: true }, { how: 'works' });
    await world.pass(20_000);
    expect(replay(await world.journal())).toEqual(await world.execution());
  });

  it('says "not needed" when the target is already so, and touches nothing', async () => {
    world.target.values.set('x', 'b');
    await world.open({ orders: oneStep });
    await world.pass(1_000);
    expect((await world.execution()).state).toMatchObject({ phase: 'closed', outcome: 'not-needed' });
    expect(world.target.writes).toEqual([]);
  });

  it('plans and touches nothing in a dry run and in mode observe', async () => {
    for (const [id, change] of [
      ['d', { dryRun: true }],
      ['o', { mode: 'observe' }],
    ] as const) {
      await world.open({ id, orders: oneStep, ...change });
      await world.pass(5_000);
      const { state } = await world.execution(id);
      expect(state).toMatchObject({
        phase: 'closed',
        outcome: 'dry-run',
        plan: [{ changes: [{ from: 'a', to: 'b' }] }],
      });
    }
    expect(world.target.writes).toEqual([]);
  });

  it('tries to plan again, and closes with nothing touched when it never can', async () => {
    world.target.next('check', { how: 'fails', again: true }, { how: 'works' });
    await world.open({ orders: oneStep });
    await world.pass(10_000);
    expect((await world.execution()).state).toMatchObject({ outcome: 'succeeded' });

    world.target.values.set('x', 'a');
    world.target.next('plan', { how: 'fails', again: false });
    await world.open({ id: 'e2', orders: oneStep });
    await world.pass(10_000);
    expect((await world.execution('e2')).state).toMatchObject({ outcome: 'failed' });
    expect(world.target.values.get('x')).toBe('a');
  });

  describe('when the change does not help', () => {
    it('takes it back', async () => {
      world.target.measurement = { status: 'unhealthy', detail: 'still broken' };
      await world.open({ orders: threeSteps });
      await world.pass(20_000);
      expect((await world.execution()).state).toMatchObject({ phase: 'closed', outcome: 'reverted' });
      expect([...world.target.values.values()]).toEqual(['a', 'a', 'a']);
    });

    it('I6: takes steps back in reverse order, each once', async () => {
      world.target.measurement = { status: 'unhealthy', detail: 'still broken' };
      await world.open({ orders: threeSteps });
      await world.pass(20_000);
      const reverts = world.target.writes.filter((write) => write.verb === 'revert').map((write) => write.name);
      expect(reverts).toEqual(['z', 'y', 'x']);
    });

    it('leaves it to a person where the runbook says so, who may retry, revert or accept', async () => {
      world.target.measurement = { status: 'unhealthy', detail: 'still broken' };
      for (const id of ['retry', 'revert', 'accept']) {
        world.target.values.set('x', 'a');
        await world.open({ id, orders: { ...oneStep, onUnhealthy: 'hold' } });
        await world.pass(10_000);
        expect((await world.execution(id)).state.phase).toBe('held');
      }
      const by = { by: 'ada', reason: 'looked at it' };
      await world.command('revert', { type: 'revert-asked', ...by });
      await world.command('accept', { type: 'accepted', ...by });
      world.target.measurement = { status: 'healthy', detail: 'well again' };
      await world.command('retry', { type: 'retry-asked', ...by });
      await world.pass(10_000);
      const outcome = async (id: string) => (await world.execution(id)).state;
      expect(await outcome('revert')).toMatchObject({ outcome: 'reverted' });
      expect(await outcome('accept')).toMatchObject({ outcome: 'accepted' });
      expect(await outcome('retry')).toMatchObject({ outcome: 'succeeded' });
    });

    it('never takes silence for success: unknown holds and a person decides', async () => {
      world.target.measurement = { status: 'unknown', detail: 'no data' };
      await world.open({ orders: oneStep });
      await world.pass(10_000);
      expect((await world.execution()).state).toMatchObject({ phase: 'held' });
      expect(world.target.values.get('x')).toBe('b');
    });
  });

  describe('when applying fails', () => {
    it('asks the target, finds that nothing happened, and tries again with the same key', async () => {
      world.target.next('apply', { how: 'fails', again: true }, { how: 'fails', again: true });
      await world.open({ orders: oneStep });
      await world.pass(20_000);
      const execution = await world.execution();
      expect(execution.state).toMatchObject({ outcome: 'succeeded' });
      expect(execution.steps[0]?.attempts).toBe(3);
      expect(world.target.writes).toHaveLength(1);
    });

    it('I4: finds by asking that a change took whose answer was lost, and does not repeat it', async () => {
      world.target.next('apply', { how: 'loses-the-answer' });
      await world.open({ orders: oneStep });
      await world.pass(10_000);
      expect((await world.execution()).state).toMatchObject({ outcome: 'succeeded' });
      expect(world.target.writes).toHaveLength(1);
    });

    it('I4: never repeats an action without idempotency whose outcome is unknown', async () => {
      world.target.next('apply', { how: 'hangs' });
      await world.open({ orders: { ...oneStep, steps: [step('x', { uses: 'pretend/set-once' })] } });
      await world.pass(60_000);
      expect((await world.execution()).state).toMatchObject({ outcome: 'failed' });
      expect(world.target.writes).toEqual([]);
    });

    it('gives up after the attempts it has and takes back the steps before', async () => {
      world.target.next(
        'apply',
        { how: 'works' },
        ...Array.from({ length: 3 }, () => ({ how: 'fails', again: true }) as const),
      );
      await world.open({ orders: threeSteps });
      await world.pass(60_000);
      const execution = await world.execution();
      expect(execution.state).toMatchObject({ phase: 'closed', outcome: 'failed' });
      expect(execution.steps.map(({ state }) => state)).toEqual(['reverted', 'reverted', 'waiting']);
      expect([...world.target.values.values()]).toEqual(['a', 'a', 'a']);
    });

    it('gives up at once when trying again cannot help', async () => {
      world.target.next('apply', { how: 'fails', again: false });
      await world.open({ orders: oneStep });
      await world.pass(10_000);
      expect((await world.execution()).state).toMatchObject({ outcome: 'failed' });
      expect((await world.execution()).steps[0]?.attempts).toBe(1);
    });

    it('F: goes on when a plugin never settles and heeds no signal', async () => {
      world.target.next('apply', { how: 'hangs' });
      await world.open({ orders: oneStep });
      await world.pass(9_000);
      expect((await world.execution()).state.phase).toBe('applying');
      await world.pass(20_000);
      expect((await world.execution()).state).toMatchObject({ outcome: 'succeeded' });
    });

    it('holds for a person when the target cannot be asked whether it took', async () => {
      world.target.next('apply', { how: 'loses-the-answer' });
      world.target.next('verify', ...Array.from({ length: 5 }, () => ({ how: 'fails', again: true }) as const));
      await world.open({ orders: oneStep });
      await world.pass(60_000);
      expect((await world.execution()).state).toMatchObject({ phase: 'held' });
      await world.command('e1', { type: 'retry-asked', by: 'ada', reason: 'it answers again' });
      await world.pass(10_000);
      expect((await world.execution()).state).toMatchObject({ outcome: 'succeeded' });
      expect(world.target.writes).toHaveLength(1);
    });

    it('asks again for what takes its time', async () => {
      world.target.next('apply', { how: 'takes-time', againInMs: 2_000 }, { how: 'takes-time', againInMs: 2_000 });
      await world.open({ orders: oneStep });
      await world.pass(3_000);
      expect((await world.execution()).state.phase).toBe('applying');
      await world.pass(10_000);
      expect((await world.execution()).state).toMatchObject({ outcome: 'succeeded' });
      expect((await world.execution()).steps[0]?.attempts).toBe(1);
    });

    it('I5: gives up what is never finished, when the time of all attempts is over', async () => {
      const slow = Array.from({ length: 100 }, () => ({ how: 'takes-time', againInMs: 1_000 }) as const);
      world.target.next('apply', ...slow);
      await world.open({ orders: oneStep });
      await world.pass(29_000);
      expect((await world.execution()).state.phase).toBe('applying');
      await world.pass(5_000);
      expect((await world.execution()).state).toMatchObject({ phase: 'closed', outcome: 'failed' });
    });

    it('never takes an irreversible step back by itself', async () => {
      world.target.measurement = { status: 'unhealthy', detail: 'still broken' };
      await world.open({ orders: { ...oneStep, steps: [step('x', { uses: 'pretend/burn' })] } });
      await world.pass(20_000);
      expect((await world.execution()).state).toMatchObject({ phase: 'held' });
      expect(world.target.writes.map((write) => write.verb)).toEqual(['apply']);
    });
  });

  describe('when a worker dies', () => {
    it.each(['before-apply', 'after-apply'] as const)(
      'I4, I5: goes on within 15 s after a death %s, with one effect',
      async (point) => {
        world.crash('worker-1', point);
        await world.open({ orders: oneStep });
        await world.pass(1_000);
        world.startWorker('worker-2');
        await world.pass(15_000);
        expect((await world.execution()).state).toMatchObject({ outcome: 'succeeded' });
        expect(world.target.writes).toHaveLength(1);
      },
    );

    it.each(['before-revert', 'after-revert'] as const)('I6: takes back once after a death %s', async (point) => {
      world.target.measurement = { status: 'unhealthy', detail: 'still broken' };
      world.crash('worker-1', point);
      await world.open({ orders: threeSteps });
      await world.pass(5_000);
      world.startWorker('worker-2');
      await world.pass(30_000);
      expect((await world.execution()).state).toMatchObject({ outcome: 'reverted' });
      expect(world.target.writes.filter((write) => write.verb === 'revert').map((write) => write.name)).toEqual([
        'z',
        'y',
        'x',
      ]);
    });

    it('I5: a revert that kills its worker each time ends with a person', async () => {
      world.target.measurement = { status: 'unhealthy', detail: 'still broken' };
      world.crash('worker-1', 'before-revert');
      await world.open({ orders: oneStep });
      for (const number of [2, 3, 4, 5]) {
        await world.pass(15_000);
        world.startWorker(`worker-${number}`);
        if (number < 5) world.crash(`worker-${number}`, 'before-revert');
      }
      await world.pass(15_000);
      expect((await world.execution()).state).toMatchObject({ phase: 'held' });
    });

    it('I7: a second worker leaves alone what the first is working on', async () => {
      world.startWorker('worker-2');
      world.target.next('apply', { how: 'hangs' });
      await world.open({ orders: oneStep });
      for (let i = 0; i < 8; i++) {
        world.ring('e1', 0);
        await world.pass(1_000);
      }
      expect((await world.execution()).steps[0]?.attempts).toBe(1);
    });

    it('I14: the sweeper finds what no wake-up told of, within two seconds', async () => {
      world.loseWakeups();
      await world.open({ orders: oneStep });
      await world.pass(900);
      expect(world.target.writes).toEqual([]);
      await world.pass(1_100);
      expect(world.target.writes).toHaveLength(1);
    });
  });

  describe('approval', () => {
    const approve = (digest: string, by = 'ada') => world.command('e1', { type: 'approved', by, digest });
    const digest = async (): Promise<string> => {
      const { state } = await world.execution();
      return state.phase === 'awaiting-approval' ? state.digest : '';
    };

    it('I8: changes nothing before enough people have approved this very plan', async () => {
      await world.open({ mode: 'approve', orders: { ...oneStep, approval: { required: 2, withinMs: 900_000 } } });
      await world.pass(1_000);
      expect(await approve('another plan')).toMatchObject({ ok: false, because: 'plan-changed' });
      expect(await approve(await digest(), 'alertmanager')).toMatchObject({ ok: false, because: 'own-request' });
      expect(await approve(await digest())).toMatchObject({ ok: true });
      expect(await approve(await digest())).toMatchObject({ ok: true });
      await world.pass(5_000);
      expect(world.target.writes).toEqual([]);
      await approve(await digest(), 'grace');
      await world.pass(5_000);
      expect((await world.execution()).state).toMatchObject({ outcome: 'succeeded' });
    });

    it('I8: dies after its time, and an approval after that is told so', async () => {
      await world.open({ mode: 'approve', orders: oneStep });
      await world.pass(1_000);
      const shown = await digest();
      await world.pass(900_000);
      expect((await world.execution()).state).toMatchObject({ phase: 'closed', outcome: 'expired' });
      expect(await approve(shown)).toMatchObject({ ok: false });
      expect(world.target.writes).toEqual([]);
    });

    it('ends with a no', async () => {
      await world.open({ mode: 'approve', orders: oneStep });
      await world.pass(1_000);
      await world.command('e1', { type: 'rejected', by: 'ada', reason: 'not now' });
      expect((await world.execution()).state).toMatchObject({
        outcome: 'rejected',
        detail: 'rejected by ada: not now',
      });
    });
  });

  describe('a lease', () => {
    const leased: Orders = { ...oneStep, leaseMs: 600_000, onResolved: 'revert', clearForMs: 60_000 };

    it('I11: is taken back at its end, even when "resolved" never comes', async () => {
      await world.open({ orders: leased });
      await world.pass(10_000);
      expect((await world.execution()).state.phase).toBe('holding');
      await world.pass(600_000);
      expect((await world.execution()).state).toMatchObject({
        outcome: 'reverted',
        detail: 'taken back: the lease is over',
      });
      expect(world.target.values.get('x')).toBe('a');
    });

    it('I14: ends in time when every wake-up is lost', async () => {
      await world.open({ orders: leased });
      await world.pass(10_000);
      world.loseWakeups();
      await world.pass(585_000);
      expect((await world.execution()).state.phase).toBe('holding');
      await world.pass(12_000);
      expect((await world.execution()).state).toMatchObject({ outcome: 'reverted' });
    });
  });

  it('a person can take back what ended well', async () => {
    await world.open({ orders: oneStep });
    await world.pass(10_000);
    expect(await world.command('e1', { type: 'revert-asked', by: 'ada', reason: 'the centre is back' })).toMatchObject({
      ok: true,
    });
    await world.pass(5_000);
    expect((await world.execution()).state).toMatchObject({ phase: 'closed', outcome: 'reverted' });
    expect(world.target.values.get('x')).toBe('a');
    expect(await world.command('e1', { type: 'revert-asked', by: 'ada', reason: 'again' })).toMatchObject({
      ok: false,
    });
  });

  it('I10: begins nothing while paused, goes on afterwards, and takes back in spite of it', async () => {
    await world.store.addPause({ id: 'p', scope: 'plugin:pretend', reason: 'stop', by: 'ada', at: 0 });
    await world.open({ orders: oneStep });
    await world.pass(20_000);
    expect(world.target.writes).toEqual([]);
    await world.store.liftPause('p', { by: 'ada' });
    await world.pass(10_000);
    expect((await world.execution()).state).toMatchObject({ outcome: 'succeeded' });
    await world.store.addPause({ id: 'p', scope: 'all', reason: 'stop', by: 'ada', at: 0 });
    await world.command('e1', { type: 'revert-asked', by: 'ada', reason: 'back' });
    await world.pass(5_000);
    expect(world.target.values.get('x')).toBe('a');
  });
});
