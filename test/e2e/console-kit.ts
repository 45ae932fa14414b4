import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import type { FakeClock } from '../../src/testing/fake-clock.js';
import { waitFor } from '../rig/wait-for.js';
import { accessFaults, picture, SIZES, THEMES, type RigBrowser } from '../rig/browser.js';

/**
 * Looks at one address in every size and theme: nothing complains, no script stands in the page, nothing is wider than the
 * screen, and axe finds nothing serious in either size and either theme. A picture of each is kept.
 *
 * @param origin of the service, without a slash at the end
 * @param path of the page
 * @param name of the pictures
 * @param status that the page is answered with; the browser itself complains of an error
 */
export async function lookEverywhere(
  browser: RigBrowser,
  origin: string,
  path: string,
  name: string,
  status = 200,
): Promise<void> {
  for (const size of ['phone', 'desktop'] as const) {
    for (const theme of THEMES) {
      const { page, context, complaints } = await browser.open({ size, theme });
      const what = `${path} on a ${size}, ${theme}`;
      const answer = await page.goto(origin + path);
      expect(answer?.status(), what).toBe(status);
      await page.locator('main').waitFor();
      await picture(page, `${name}-${size}-${theme}`);
      expect(await page.locator('script:not([src]), [onclick], [style]').count(), `${what}: inline`).toBe(0);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(width, `${what}: wider than the screen`).toBeLessThanOrEqual(SIZES[size].width);
      // each size and each theme once: the other two hold nothing that these have not
      if ((size === 'phone') === (theme === 'dark')) expect(await accessFaults(page), what).toEqual([]);
      const others = complaints.filter((one) => status === 200 || !one.includes(`status of ${status}`));
      expect(others, what).toEqual([]);
      await context.close();
    }
  }
}

/** Lets time pass in the service until a page shows something: what it waits for may come after any turn of the clock. */
export async function comes(clock: FakeClock, what: Locator): Promise<void> {
  // more than the least time between two updates of a page
  const turn = async (): Promise<boolean> => {
    await clock.pass(1_100);
    return what.first().isVisible();
  };
  await waitFor(`${what.toString()} on the page`, turn, 60_000, 100);
}
