import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type ApiApp } from '../integration/api-app.js';
import { RigBrowser } from '../rig/browser.js';
import { aBusyTown, TOWN_RUNBOOKS, type BusyTown } from './busy-town.js';
import { lookEverywhere } from './console-kit.js';

describe('Now', { timeout: 180_000 }, () => {
  let empty: ApiApp;
  let busy: ApiApp;
  let town: BusyTown;
  let browser: RigBrowser;
  beforeAll(async () => {
    // the browser has the real time, and the town takes two minutes
    const start = Date.now() - 125_000;
    empty = await startApi({ tokens: [], start });
    busy = await startApi({ tokens: [], start, runbooks: TOWN_RUNBOOKS });
    await empty.nest.listen(0, '127.0.0.1');
    await busy.nest.listen(0, '127.0.0.1');
    town = await aBusyTown(busy);
    browser = await RigBrowser.start();
  });
  afterAll(async () => {
    await browser?.stop();
    await empty?.close();
    await busy?.close();
  });

  it('the town has an execution in every phase', async () => {
    const { pause, ...executions } = town;
    const phaseOf = async (id: string) => (await busy.store.get(id))?.execution.state.phase;
    expect(await busy.store.pauses()).toMatchObject([{ id: pause }]);
    const phases = await Promise.all(Object.entries(executions).map(async ([is, id]) => [is, await phaseOf(id)]));
    expect(Object.fromEntries(phases)).toEqual({
      held: 'held',
      succeeded: 'closed',
      rejected: 'closed',
      reverted: 'closed',
      holding: 'holding',
      verifying: 'verifying',
      reverting: 'reverting',
      applying: 'applying',
      awaitingApproval: 'awaiting-approval',
      planning: 'planning',
    });
  });

  it('says what to do next while nothing has happened', async () =>
    lookEverywhere(browser, await empty.nest.getUrl(), '/', 'now-empty'));

  it('shows what waits, is held, runs, is in force and is paused', async () =>
    lookEverywhere(browser, await busy.nest.getUrl(), '/', 'now-busy'));
});

describe('alerts from whoever wants to do harm', { timeout: 180_000 }, () => {
  let api: ApiApp;
  let browser: RigBrowser;
  beforeAll(async () => {
    const hostile = TOWN_RUNBOOKS['careful']?.replace(/match: .*/, `match: ['alertname=~".+"']`) ?? '';
    api = await startApi({ tokens: [], start: Date.now() - 5_000, runbooks: { careful: hostile } });
    await api.nest.listen(0, '127.0.0.1');
    browser = await RigBrowser.start();
  });
  afterAll(async () => {
    await browser?.stop();
    await api?.close();
  });

  it('S8: what stands in their labels is text on every page', async () => {
    const evil = [
      `<script>globalThis.hit = 1</script>`,
      `"><img src=x onerror="globalThis.hit=1">`,
      `' onfocus='globalThis.hit=1' autofocus='`,
      `{{7*7}}{{#with this}}\${7*7}`,
      `\u202Egnp.exe\u0000\u0007`,
      'x'.repeat(10_000),
    ];
    for (const [i, text] of evil.slice(0, 3).entries()) await send(text, i);
    const { page, context, complaints } = await browser.open({ size: 'phone' });
    for (const path of ['/', '/executions', `/executions?target=${encodeURIComponent(evil[1] ?? '')}`]) {
      await page.goto((await api.nest.getUrl()) + path);
      expect(await page.locator('script:not([src]), [onerror], [onfocus], main img').count()).toBe(0);
    }
    await page.goto(await api.nest.getUrl());
    expect(await page.locator('main').textContent()).toContain('<script>globalThis.hit');
    expect(await page.evaluate('globalThis.hit')).toBeUndefined();
    await api.clock.pass(20 * 60_000);
    for (const [i, text] of evil.slice(3).entries()) await send(text, 3 + i);
    await page.goto(await api.nest.getUrl());
    const text = (await page.locator('main').textContent()) ?? '';
    expect(text).toContain('{{7*7}}{{#with this}}${7*');
    expect(text).toContain('\\u202egnp.exe\\u0000\\u0007');
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(complaints).toEqual([]);
    await page.screenshot({ path: '.tmp/screens/now-hostile.png', fullPage: true });
    await context.close();
  });

  async function send(evil: string, i: number): Promise<void> {
    const startsAt = new Date(api.clock.now() - 1_000).toISOString();
    const labels = { alertname: evil, service: `service-${i}`, severity: evil };
    const { status, text } = await api.send('POST', '/api/v1/alert/trigger', undefined, {
      version: '4',
      alerts: [{ status: 'firing', labels, annotations: { summary: evil }, startsAt }],
    });
    expect([status, text]).toEqual([202, expect.stringContaining('"opened"')]);
    await api.clock.pass(10);
  }
});
