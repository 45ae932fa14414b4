import { describe, expect, it } from 'vitest';
import { anExecution, aPlan } from '../testing/examples.js';
import { FakeClock } from '../testing/fake-clock.js';
import { PretendTarget } from '../testing/pretend-target.js';
import { loadPlugins } from './loaded-plugins.js';
import { PluginHost } from './plugin-host.js';
import { MOST_UNSETTLED, Unsettled } from './unsettled.js';

const silent = { info: () => undefined, warn: () => undefined };

describe('calls that have not come back', () => {
  it('are counted until they settle, also when they fail', async () => {
    const unsettled = new Unsettled();
    let settle = (): void => undefined;
    const hanging = unsettled.during('a', () => new Promise<void>((done) => (settle = done)));
    await expect(unsettled.during('a', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect([unsettled.of('a'), unsettled.of('b')]).toEqual([1, 0]);
    settle();
    await hanging;
    expect(unsettled.of('a')).toBe(0);
  });

  it('I15: do not pile up on a target that never answers, and leave other targets alone', async () => {
    const clock = new FakeClock();
    const target = new PretendTarget();
    const loading = loadPlugins([target.plugin()], {}, () => silent);
    if (!loading.ok) throw new Error(loading.problems.join('; '));
    const host = new PluginHost(
      loading.loaded,
      clock,
      () => undefined,
      () => silent,
    );
    const stuck = anExecution();
    const state = { phase: 'verifying', plan: aPlan(stuck.orders), nextAt: 0, deadline: 0 } as const;
    target.next('verify', ...Array.from({ length: MOST_UNSETTLED }, () => ({ how: 'hangs' }) as const));
    const asked = Array.from({ length: MOST_UNSETTLED }, () => host.verify({ ...stuck, state }, 0));
    await clock.pass(60_000);
    expect((await Promise.all(asked)).every((one) => !one.ok && one.failure.code === 'timed-out')).toBe(true);
    expect(await host.verify({ ...stuck, state }, 0)).toMatchObject({ ok: false, failure: { code: 'not-come-back' } });
    expect(await host.verify({ ...stuck, state, target: 'traffic/other' }, 0)).toMatchObject({ ok: true });
  });
});
