import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type ApiApp } from '../integration/api-app.js';
import { RigBrowser } from '../rig/browser.js';
import { aBusyTown, manyExecutions, TOWN_RUNBOOKS } from './busy-town.js';
import { lookEverywhere } from './console-kit.js';

describe('the list of executions', { timeout: 180_000 }, () => {
  const start = Date.now() - 125_000;
  let empty: ApiApp;
  let full: ApiApp;
  let browser: RigBrowser;
  beforeAll(async () => {
    empty = await startApi({ tokens: [], start });
    full = await startApi({ tokens: [], start, runbooks: TOWN_RUNBOOKS });
    await manyExecutions(full.store, 1_000, start - 3_600_000);
    await aBusyTown(full);
    await empty.nest.listen(0, '127.0.0.1');
    await full.nest.listen(0, '127.0.0.1');
    browser = await RigBrowser.start();
  });
  afterAll(async () => {
    await browser?.stop();
    await empty?.close();
    await full?.close();
  });
  const shown = async (path: string): Promise<string[]> => {
    const { text } = await full.send('GET', path, undefined, undefined, { accept: 'text/html' });
    return [...text.matchAll(/<tr id="x-([^"]+)"/g)].map(([, id = '']) => id);
  };

  it('says what to do next while there is none', async () =>
    lookEverywhere(browser, await empty.nest.getUrl(), '/executions', 'executions-empty'));

  it('shows the newest', async () =>
    lookEverywhere(browser, await full.nest.getUrl(), '/executions', 'executions-full'));

  it('says what to do when none fits', async () =>
    lookEverywhere(browser, await full.nest.getUrl(), '/executions?runbook=nothing', 'executions-none-fits'));

  it('shows a thousand', async () => {
    const { page, context, complaints } = await browser.open({ size: 'phone' });
    await page.goto(`${await full.nest.getUrl()}/executions?limit=1000`);
    expect(await page.locator('tbody tr').count()).toBe(1_000);
    await page.locator('tbody tr').last().scrollIntoViewIfNeeded();
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('shows those that fit all of what is asked for, and empty fields ask for nothing', async () => {
    const outcome = await shown('/executions?phase=closed&outcome=failed&runbook=runbook-2&target=&limit=1000');
    expect(outcome.length).toBeGreaterThan(0);
    for (const id of outcome) {
      const { state, runbook } = (await full.store.get(id))?.execution ?? {};
      expect([state?.phase === 'closed' && state.outcome, runbook]).toEqual(['failed', 'runbook-2']);
    }
    expect(await shown('/executions?phase=held')).toHaveLength(1);
  });

  it('leads from page to page through all of them, each once', async () => {
    const { page, context } = await browser.open();
    await page.goto(`${await full.nest.getUrl()}/executions?limit=400`);
    const seen: string[] = [];
    for (;;) {
      seen.push(...(await page.evaluate<string[]>("[...document.querySelectorAll('tbody tr')].map(({ id }) => id)")));
      const older = page.getByRole('link', { name: 'Older' });
      if ((await older.count()) === 0) break;
      await Promise.all([page.waitForURL(/cursor=/), older.click()]);
      await page.waitForLoadState();
      if (seen.length > 5_000) break;
    }
    expect([seen.length, new Set(seen).size]).toEqual([1_010, 1_010]);
    await context.close();
  });

  it('an address that asks for something unknown says so as a page', async () => {
    const answer = await full.send('GET', '/executions?phase=asleep', undefined, undefined, { accept: 'text/html' });
    expect([answer.status, answer.headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
    expect(answer.text).toContain('A query parameter is not usable');
  });
});
