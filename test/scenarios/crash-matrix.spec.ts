import { describe, expect, it } from 'vitest';
import { everyRun, runWithDeath, type Run } from './model/runs.js';
import { violations } from './model/violations.js';

const points = [...new Set(everyRun().map((run) => run.point))];
const describeRun = ({ time, steps, uses, effect, helps }: Run): string =>
  `time ${time} of ${steps} step(s) of ${uses}, whose ${helps ? 'apply' : 'revert'} ${effect}`;

describe('I4, I5, I6: whatever a worker dies at, another one brings it to an end with each effect once:', () => {
  it.each(points)('%s', async (point) => {
    const wrong: Record<string, string[]> = {};
    let deaths = 0;
    for (const run of everyRun().filter((one) => one.point === point)) {
      const { world, died } = await runWithDeath(run);
      if (died) deaths++;
      const found = await violations(world);
      if (found.length > 0) wrong[describeRun(run)] = found;
    }
    expect(wrong).toEqual({});
    expect(deaths, 'a point that no run comes to proves nothing').toBeGreaterThan(0);
  });

  it('ends well where the change helped and the target can bear another attempt', async () => {
    for (const run of everyRun().filter((one) => one.helps && one.uses === 'pretend/set')) {
      const { world } = await runWithDeath(run);
      expect((await world.execution()).state, describeRun(run)).toMatchObject({
        phase: 'closed',
        outcome: 'succeeded',
      });
    }
  });
});
