import { expect } from 'vitest';
import { accessFaults, picture, SIZES, THEMES, type RigBrowser } from '../rig/browser.js';

/**
 * Looks at one address in every size and theme: nothing complains, no script stands in the page, nothing is wider than the
 * screen, and axe finds nothing serious. A picture of each is kept.
 *
 * @param origin of the service, without a slash at the end
 * @param path of the page
 * @param name of the pictures
 */
export async function lookEverywhere(browser: RigBrowser, origin: string, path: string, name: string): Promise<void> {
  for (const size of ['phone', 'desktop'] as const) {
    for (const theme of THEMES) {
      const { page, context, complaints } = await browser.open({ size, theme });
      const what = `${path} on a ${size}, ${theme}`;
      const answer = await page.goto(origin + path);
      expect(answer?.status(), what).toBe(200);
      await page.locator('main').waitFor();
      await picture(page, `${name}-${size}-${theme}`);
      expect(await page.locator('script:not([src]), [onclick], [style]').count(), `${what}: inline`).toBe(0);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(width, `${what}: wider than the screen`).toBeLessThanOrEqual(SIZES[size].width);
      expect(await accessFaults(page), what).toEqual([]);
      expect(complaints, what).toEqual([]);
      await context.close();
    }
  }
}
