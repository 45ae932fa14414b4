import { Controller, Get, Header } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { Needs } from '../../src/access/needs.js';
import { startApi, type ApiApp } from '../integration/api-app.js';
import { RigBrowser, type LookedAt } from '../rig/browser.js';
import { waitFor } from '../rig/wait-for.js';
import { aBusyTown, TOWN_RUNBOOKS } from './busy-town.js';
import { comes } from './console-kit.js';

const WAIT = { timeout: 60_000 };

/** A page with several forms of the same shape, of which the first may go away. */
@Controller('forms')
class Forms {
  static things = ['one', 'two', 'three'];
  private shown = 0;

  @Get()
  @Needs('read')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'self'")
  forms(): string {
    // no form is the same as before
    this.shown += 1;
    const forms = Forms.things.map(
      (thing) =>
        `<li><form method="post" action="/forms/${thing}"><p>${thing}, ${this.shown}</p><input name="reason"></form></li>`,
    );
    return `<!doctype html><html lang="en"><title>Forms</title><link rel="icon" href="/assets/icon.svg">
      <script src="/assets/htmx.js" defer></script><script src="/assets/console.js" type="module"></script>
      <body data-live="/live"><p id="live"></p><main id="main" tabindex="-1"><ul>${forms.join('')}</ul></main>`;
  }
}

describe('a page that is looked at', { timeout: 180_000 }, () => {
  let api: ApiApp;
  let origin: string;
  let browser: RigBrowser;
  let at: LookedAt;
  let page: Page;
  beforeAll(async () => (browser = await RigBrowser.start()));
  afterAll(() => browser?.stop());
  beforeEach(async () => {
    api = await startApi({ tokens: [], start: Date.now(), runbooks: TOWN_RUNBOOKS, controllers: [Forms] });
    await api.nest.listen(0, '127.0.0.1');
    origin = await api.nest.getUrl();
    at = await browser.open();
    page = at.page;
  });
  afterEach(async () => {
    await at.context.close();
    await api.close();
  });

  async function look(path: string): Promise<void> {
    const [live] = await Promise.all([
      page.waitForResponse((answer) => answer.url().includes('/live'), WAIT),
      page.goto(origin + path),
    ]);
    expect(live.status()).toBe(200);
  }
  async function open(service: string, runbook = 'careful', by = api): Promise<string> {
    const startsAt = new Date(by.clock.now() - 1_000).toISOString();
    const labels = { alertname: 'CenterDown', service, runbook };
    const { json, text } = await by.send('POST', '/api/v1/alert/trigger', undefined, {
      version: '4',
      alerts: [{ status: 'firing', labels, annotations: {}, startsAt }],
    });
    const id = json.alerts[0].decisions[0].executionId;
    if (id === undefined) throw new Error(text);
    // more than the least time between two updates
    await by.clock.pass(1_100);
    return id;
  }
  const card = (id: string) => page.locator(`[id="x-${id}"]`);

  it('shows by itself what happens', async () => {
    await look('/');
    const first = await open('shop');
    await comes(api.clock, card(first));
    await page.waitForFunction("document.title === '(1) Now - Firebreak'", undefined, WAIT);
    const second = await open('pay');
    await comes(api.clock, card(second));
    await api.send('POST', `/api/v1/executions/${first}/reject`, undefined, { reason: 'a drill' });
    await api.clock.pass(1_100);
    await comes(api.clock, card(first).getByText('rejected by local: a drill'));
    expect(at.complaints).toEqual([]);
  });

  it('is brought up to date now and then although nothing rings', async () => {
    await look('/');
    await api.send('POST', '/api/v1/pauses', undefined, { scope: 'all', reason: 'a storm in a teacup' });
    await api.clock.pass(15_000);
    await comes(api.clock, page.getByText('a storm in a teacup'));
  });

  it('keeps what is typed, where the cursor stands, what is open and how far it is scrolled', async () => {
    await page.setViewportSize({ width: 390, height: 400 });
    await look('/executions');
    for (const service of ['a', 'b', 'c']) await comes(api.clock, card(await open(service)));
    await page.locator('#target').pressSequentially('traffic/sh');
    await page.keyboard.press('ArrowLeft');
    await page.locator('#phase').selectOption('held');
    await page.locator('#target').focus();
    const scrolled = await page.evaluate<number>('(scrollTo(0, 300), scrollY)');
    const last = await open('shop');
    await waitFor('the new row', async () => (await api.clock.pass(1_100), (await card(last).count()) > 0), 60_000);
    const state = await page.evaluate(`(() => {
      const { id, value, selectionStart } = document.activeElement;
      return { id, value, selectionStart, phase: document.getElementById('phase').value, scrolled: scrollY > 0 };
    })()`);
    expect(state).toEqual({
      id: 'target',
      value: 'traffic/sh',
      selectionStart: 9,
      phase: 'held',
      scrolled: scrolled > 0,
    });
  });

  it('keeps the reason that somebody writes, and the form open, while somebody else decides', async () => {
    const id = await open('shop');
    await look(`/executions/${id}`);
    const form = page.locator('#command-cancel, #command-reject').first();
    await form.locator('summary').click();
    await form.locator('[name=reason]').pressSequentially('because it was');
    const { plan } = (await api.send('GET', `/api/v1/executions/${id}`)).json;
    await api.send('POST', `/api/v1/executions/${id}/approve`, undefined, { digest: plan.digest, reason: 'go on' });
    await api.clock.pass(1_100);
    await comes(api.clock, page.getByText('go on').first());
    await page.keyboard.type(' a drill');
    expect(await form.locator('[name=reason]').inputValue()).toBe('because it was a drill');
    expect(await form.getAttribute('open')).toBe('');
    expect(at.complaints).toEqual([]);
  });

  it('leaves what is typed in its own form when the form above it goes away', async () => {
    await look('/forms');
    const reason = page.locator('form[action="/forms/two"] input');
    await reason.pressSequentially('only for two');
    Forms.things = ['two', 'three', 'four'];
    await api.clock.pass(15_000);
    await comes(api.clock, page.locator('form[action="/forms/four"]'));
    expect(await page.locator('form[action="/forms/one"]').count()).toBe(0);
    expect(await reason.inputValue()).toBe('only for two');
    expect(await page.locator('form[action="/forms/three"] input').inputValue()).toBe('');
    expect(await reason.evaluate('document.activeElement.form.getAttribute("action")')).toBe('/forms/two');
  });

  it('says that it is not live while the service is away, and catches up when it is back', async () => {
    await look('/');
    const { port } = new URL(origin);
    await api.close();
    const notice = page.locator('#live');
    await notice.getByText(/^Not live since \d\d:\d\d:\d\d, trying again\.$/).waitFor(WAIT);
    expect(await notice.getAttribute('role')).toBe('status');
    await page.screenshot({ path: '.tmp/screens/not-live.png' });
    api = await startApi({ tokens: [], start: Date.now(), runbooks: TOWN_RUNBOOKS });
    const id = await open('shop');
    await api.nest.listen(Number(port), '127.0.0.1');
    await card(id).waitFor(WAIT);
    await page.waitForFunction("document.getElementById('live').textContent === ''", undefined, WAIT);
  });

  it('leads to where people log in when nobody is logged in any more', async () => {
    await look('/');
    const { port } = new URL(origin);
    await api.close();
    api = await startApi({ start: Date.now() });
    await api.nest.listen(Number(port), '127.0.0.1');
    await page.waitForURL(/\/login/, WAIT);
  });

  it('is a plain page where scripts are not run', async () => {
    const id = await open('shop');
    const { page: plain, context } = await browser.open({ scripts: false });
    await plain.goto(`${origin}/`);
    expect(await plain.locator(`[id="x-${id}"] time`).first().textContent()).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/,
    );
    await context.close();
  });
});

describe('with the keyboard only', { timeout: 180_000 }, () => {
  let api: ApiApp;
  let browser: RigBrowser;
  beforeAll(async () => {
    api = await startApi({ tokens: [], start: Date.now() - 125_000, runbooks: TOWN_RUNBOOKS });
    await aBusyTown(api);
    await api.nest.listen(0, '127.0.0.1');
    browser = await RigBrowser.start();
  });
  afterAll(async () => {
    await browser?.stop();
    await api?.close();
  });

  it.each([
    ['desktop', '/'],
    ['desktop', '/executions'],
    ['phone', '/'],
    ['phone', '/executions'],
  ] as const)(
    'on a %s the Tab key reaches everything on %s that can be used, in the order in which it stands',
    async (size, path) => {
      const { page, context } = await browser.open({ size });
      await page.goto((await api.nest.getUrl()) + path);
      const wanted = await page.evaluate<
        string[]
      >(`[...document.querySelectorAll('a[href], button, input, select, textarea, summary, pre[tabindex]')]
      .filter((one) => one.type !== 'hidden' && one.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }))
      .map((one) => one.tagName + ' ' + one.textContent.trim() + one.id)`);
      const reached: string[] = [];
      for (let i = 0; i < wanted.length; i++) {
        await page.keyboard.press('Tab');
        reached.push(
          await page.evaluate<string>(
            "document.activeElement.tagName + ' ' + document.activeElement.textContent.trim() + document.activeElement.id",
          ),
        );
      }
      expect(reached).toEqual(wanted);
      expect(reached.length).toBeGreaterThan(4);
      if (size === 'desktop') expect(reached).toContain('A Runbooks');
      await context.close();
    },
  );

  it('the first Tab leads past the navigation', async () => {
    const { page, context } = await browser.open();
    await page.goto(await api.nest.getUrl());
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await context.close();
  });

  it('on a phone the menu opens and leads on', async () => {
    const { page, context } = await browser.open({ size: 'phone' });
    await page.goto(await api.nest.getUrl());
    expect(await page.getByRole('link', { name: 'Runbooks', exact: true }).isVisible()).toBe(false);
    await page.getByText('Menu').press('Enter');
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Executions' }).press('Enter');
    await page.waitForURL(/executions/);
    await context.close();
  });
});
