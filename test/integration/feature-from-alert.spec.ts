import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFeatureLoop, type FeatureLoop } from '../rig/feature-loop.js';

describe('D1: a feature that harms is off from an alert on, and on again when the alert is over', () => {
  let loop: FeatureLoop;
  beforeAll(async () => {
    loop = await startFeatureLoop(300);
  }, 60_000);
  afterAll(() => loop?.stop());

  it('and no request fails', async () => {
    const off = await loop.until('off');
    expect(await loop.switchSays()).toBe('false');
    const on = await loop.until('on');
    console.log(
      `from the alert to the first answer without the feature ${off.toFixed(0)} ms; ` +
        `from its end to the first one with it ${on.toFixed(0)} ms, of which 1000 ms are clearFor`,
    );
    expect(await loop.switchSays()).toBe('true');
    expect(loop.load.requests().filter(({ ok }) => !ok)).toEqual([]);
    expect(off).toBeLessThan(5_000);
    expect(on).toBeGreaterThan(1_000);
  });
});
