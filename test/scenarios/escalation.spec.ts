import { describe, expect, it } from 'vitest';
import type { Execution } from '../../src/core/execution.js';
import type { CrashPoint } from '../../src/testing/mortal.js';
import type { World } from '../../src/testing/world.js';
import { pause, say, storyOf } from './model/people.js';
import type { SmallFirebreak } from './small-firebreak.js';
import { watchedFirebreak } from './watched-firebreak.js';

const runbook = (name: string, alertname: string, more: string, guards = 'storm: off'): string => `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: Answer ${alertname}, owner: team-test }
spec:
  match: ['alertname="${alertname}"']
  target: 'service/{{labels.service}}'
  mode: auto
  guards: { ${guards} }
  steps: [{ name: set, uses: pretend/set, with: { name: '${name}-{{labels.service}}', value: fixed } }]
  verify: { probe: pretend/state, with: {}, every: 1s, healthy: 2, unhealthy: 2, within: 30s }
${more}`;

const labels = { alertname: 'CacheStale', service: 'shop' };
const first = runbook('evict', 'CacheStale', '  escalate: switch\n');

interface Made {
  /** What the runbook says that comes next. */
  readonly next?: string;
  readonly guards?: string;
}

/** Two runbooks: the first answers the alert, the second is its next rung; nothing that they do helps. */
async function firebreak({ next = '', guards }: Made = {}): Promise<SmallFirebreak> {
  const runbooks = { evict: first, switch: runbook('switch', 'NeverFires', next, guards) };
  const small = await watchedFirebreak({ runbooks });
  small.world.target.measurement = { status: 'unhealthy', detail: 'still stale' };
  return small;
}

/** All executions of a runbook, the oldest first. */
async function executionsOf(world: World, name: string): Promise<readonly Execution[]> {
  return (await world.store.list({ limit: 100, runbook: name })).items.toReversed();
}

describe('a runbook that did not help', () => {
  it('is followed at once by the next one, on the same target, which spares it the wait since the first', async () => {
    const { world, post } = await firebreak();
    await post({ labels });
    await world.pass(20_000);
    const [evict] = await executionsOf(world, 'evict');
    const [next] = await executionsOf(world, 'switch');
    expect(evict).toMatchObject({
      state: { outcome: 'reverted' },
      escalation: { is: 'opened', runbook: 'switch', executionId: next?.id },
    });
    expect(next).toMatchObject({ escalatedFrom: evict?.id, target: evict?.target, alert: { labels } });
    expect(world.target.writes.map(({ verb, name }) => `${verb} ${name}`)).toEqual([
      'apply evict-shop',
      'revert evict-shop',
      'apply switch-shop',
      'revert switch-shop',
    ]);
  });

  it('is followed by nothing when it did help, when the alert is over, or when a person took it back', async () => {
    for (const why of ['it helped', 'the alert is over', 'a person took it back']) {
      const { world, post } = await firebreak();
      if (why === 'it helped') world.target.measurement = { status: 'healthy', detail: 'well' };
      await post({ labels });
      await world.pass(500);
      const [evict] = await executionsOf(world, 'evict');
      if (why === 'the alert is over')
        await post({ labels, startsAt: world.clock.now() - 500, endsAt: world.clock.now() });
      if (why === 'a person took it back') await say(world, 'revert-asked', evict?.id);
      await world.pass(60_000);
      expect(await executionsOf(world, 'switch'), why).toEqual([]);
    }
  });

  it.each<[what: string, made: Made, because: RegExp]>([
    ['it is outside its window', { guards: "storm: off, windows: { only: ['Sat 03:00-03:01'] }" }, /^outside-window: /],
    ['the alert is too old for it', { guards: 'storm: off, maxAlertAge: 500ms' }, /^too-old: /],
  ])('is followed by the next one only under its own guards: not when %s', async (_what, made, because) => {
    const { world, post } = await firebreak(made);
    await post({ labels });
    await world.pass(60_000);
    const [evict] = await executionsOf(world, 'evict');
    expect(evict?.escalation).toMatchObject({
      is: 'refused',
      runbook: 'switch',
      detail: expect.stringMatching(because),
    });
    expect(await executionsOf(world, 'switch')).toEqual([]);
    expect((await storyOf(world, evict?.id)).at(-1)).toBe('escalation-refused');
  });

  it('I10: is not followed by one that is paused', async () => {
    const { world, post } = await firebreak();
    await pause(world, 'runbook:switch');
    await post({ labels });
    await world.pass(60_000);
    const [evict] = await executionsOf(world, 'evict');
    expect(evict?.escalation).toMatchObject({ is: 'refused', detail: 'paused: paused (runbook:switch): stop' });
  });
});

describe('an alert that resolves after the end of the execution', () => {
  it('is not answered by the next runbook, when no worker lived to open that before', async () => {
    const { world, post } = await firebreak();
    world.crash('worker-1', 'before-escalate');
    const startsAt = world.clock.now();
    await post({ labels });
    await world.pass(20_000);
    await post({ labels, startsAt, endsAt: world.clock.now() });
    world.startWorker('worker-2');
    await world.pass(60_000);
    const [evict] = await executionsOf(world, 'evict');
    expect(evict?.escalation).toMatchObject({ is: 'refused', detail: 'the alert has resolved meanwhile' });
    expect(await executionsOf(world, 'switch')).toEqual([]);
  });
});

describe('I3, I5: the next runbook is opened exactly once', () => {
  const deeds = ['save-revert-outcome', 'escalate', 'save-escalation'] as const;
  const points = deeds.flatMap((deed): CrashPoint[] => [`before-${deed}`, `after-${deed}`]);

  async function openedOnce(world: World, effects = 1): Promise<void> {
    const [evict] = await executionsOf(world, 'evict');
    const next = await executionsOf(world, 'switch');
    expect(next.map(({ escalatedFrom }) => escalatedFrom)).toEqual([evict?.id]);
    expect(evict?.escalation).toEqual({ is: 'opened', runbook: 'switch', executionId: next[0]?.id });
    const applied = world.target.writes.filter(({ verb, name }) => verb === 'apply' && name === 'switch-shop');
    expect(applied).toHaveLength(effects);
  }

  it.each(points)('when its worker dies %s', async (point) => {
    const { world, post } = await firebreak();
    world.crash('worker-1', point);
    await post({ labels });
    await world.pass(20_000);
    expect(world.isDown('worker-1'), 'a death that does not come proves nothing').toBe(true);
    world.startWorker('worker-2');
    await world.pass(60_000);
    await openedOnce(world);
  });

  it.each(points)('when its worker stands still %s, another one goes on, and it comes back', async (point) => {
    const { world, post } = await firebreak();
    world.startWorker('worker-2');
    for (const name of ['worker-1', 'worker-2']) world.freeze(name, point);
    await post({ labels });
    await world.pass(10_000);
    for (const name of ['worker-1', 'worker-2']) if (!world.isDown(name)) world.thaw(name);
    await world.pass(30_000);
    for (const name of ['worker-1', 'worker-2']) world.thaw(name);
    await world.pass(60_000);
    await openedOnce(world);
  });

  it.each(points)('when both of two workers die %s, one after the other', async (point) => {
    const { world, post } = await firebreak();
    world.crash('worker-1', point);
    await post({ labels });
    await world.pass(20_000);
    world.startWorker('worker-2');
    world.crash('worker-2', point);
    await world.pass(20_000);
    world.startWorker('worker-3');
    await world.pass(60_000);
    await openedOnce(world);
  });

  it('when its worker opened it and died, and the alert came back as a new incident before anybody looked', async () => {
    const { world, post } = await firebreak();
    world.crash('worker-1', 'after-escalate');
    const startsAt = world.clock.now();
    await post({ labels });
    await world.pass(20_000);
    await post({ labels, startsAt, endsAt: world.clock.now() });
    await world.pass(1_000);
    await post({ labels });
    world.startWorker('worker-2');
    await world.pass(60_000);
    // its own incident was over before it began
    await openedOnce(world, 0);
  });

  it('or not at all, when the answer was no while its worker stood still', async () => {
    const { world, post } = await firebreak();
    await pause(world, 'runbook:switch');
    world.freeze('worker-1', 'before-escalate');
    await post({ labels });
    await world.pass(5_000);
    world.startWorker('worker-2');
    await world.pass(20_000);
    await world.store.liftPause('runbook:switch', { by: 'ada' });
    world.thaw('worker-1');
    await world.pass(60_000);
    const [evict] = await executionsOf(world, 'evict');
    expect(evict?.escalation?.is).toBe('refused');
    expect(await executionsOf(world, 'switch')).toEqual([]);
  });
});
