import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type ApiApp } from '../integration/api-app.js';
import { RigBrowser } from '../rig/browser.js';
import { lookEverywhere } from './console-kit.js';
import { startConsole } from './execution-kit.js';

describe('pauses, plugins and settings', { timeout: 180_000 }, () => {
  let api: ApiApp;
  let origin: string;
  let browser: RigBrowser;
  beforeAll(async () => {
    ({ api, origin } = await startConsole({ tokens: [], start: Date.now() - 60_000 }));
    browser = await RigBrowser.start();
  });
  afterAll(async () => {
    await browser?.stop();
    await api?.close();
  });

  const pauses = async () => (await api.store.pauses()).map(({ scope, reason }) => [scope, reason]);

  it('the page says what a pause is while there is none', () =>
    lookEverywhere(browser, origin, '/pauses', 'pauses-empty'));

  it('somebody pauses targets for a time, then everything, and lifts that again', async () => {
    const { page, context, complaints } = await browser.open({ size: 'phone', theme: 'dark' });
    await page.goto(`${origin}/pauses`);
    await page.getByLabel('Which?').fill('traffic/*');
    await page.getByLabel('Why?').fill('the network is being moved');
    await page.getByLabel('For how long?').fill('30m');
    await page.getByRole('button', { name: 'Pause it now' }).click();
    await page.getByRole('heading', { name: 'Targets like traffic/*' }).waitFor();
    await page.getByLabel('What?').selectOption('all');
    await page.locator('form[action="/pauses"]').getByLabel('Why?').fill('all hands off');
    await page.getByRole('button', { name: 'Pause it now' }).click();
    await page.getByText('Everything is paused: nothing is begun').waitFor();
    expect(await pauses()).toEqual(
      expect.arrayContaining([
        ['all', 'all hands off'],
        ['target:traffic/*', 'the network is being moved'],
      ]),
    );
    const everything = page.locator('article', { has: page.getByRole('heading', { name: 'Everything' }) });
    await everything.getByText('Lift it').click();
    await everything.getByLabel('Why?').fill('over');
    await everything.getByRole('button', { name: 'Lift this pause' }).click();
    await page.getByText('One pause is in force').waitFor();
    expect(await pauses()).toEqual([['target:traffic/*', 'the network is being moved']]);
    expect(complaints).toEqual([]);
    await context.close();
    await lookEverywhere(browser, origin, '/pauses', 'pauses-one');
  });

  it.each([
    ['a runbook that is not there', 'runbook', 'carefull', 'There is no runbook carefull'],
    ['a plugin that is not there', 'plugin', 'nothing', 'There is no plugin nothing'],
    ['everything by a name', 'all', 'shop', 'Everything has no name'],
    ['targets without a name', 'target', '', 'Say which'],
    ['a scope with spaces', 'target', 'a b', 'is no name of a target'],
  ])('whoever asks to pause %s is told, and nothing is lost that was typed', async (_, what, name, says) => {
    const before = await pauses();
    const { status, text } = await api.send(
      'POST',
      '/pauses',
      undefined,
      new URLSearchParams({ what, name, reason: 'a reason of mine' }).toString(),
      { 'content-type': 'application/x-www-form-urlencoded', origin },
    );
    expect(status).toBe(400);
    expect(text).toContain(says);
    expect(text).toContain('a reason of mine');
    expect(await pauses()).toEqual(before);
  });

  it('the plugins are shown with their parts', async () => {
    await lookEverywhere(browser, origin, '/plugins', 'plugins');
    expect((await api.send('GET', '/plugins')).text).toContain('pretend/set');
  });

  it('S18: the settings are shown without a secret', async () => {
    await lookEverywhere(browser, origin, '/settings', 'settings');
    const secret = await startApi();
    const { text, status } = await secret.send('GET', '/settings', 'operator');
    expect(status).toBe(200);
    expect(text).toContain('second-approver');
    expect(text).not.toMatch(/[0-9a-f]{64}/);
    await secret.close();
  });
});
