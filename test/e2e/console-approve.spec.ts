import type { Page } from 'playwright-core';
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import { runbookFile } from '../integration/api-app.js';
import { RigBrowser, type Looking } from '../rig/browser.js';
import { waitFor } from '../rig/wait-for.js';
import { comes } from './console-kit.js';
import { actAs, secretOf, somebody, startConsole, type Console } from './execution-kit.js';

const RUNBOOKS = {
  careful: runbookFile('careful'),
  pair: runbookFile('pair').replace('approval: { within: 15m }', 'approval: { within: 15m, required: 2 }'),
};
const TOKENS = [somebody('alertmanager-1', 'source'), somebody('ann', 'approver'), somebody('bob', 'approver')];
const APPROVE = 'Approve exactly this plan';

describe('people decide in a browser', { timeout: 60_000 }, () => {
  let console: Console;
  let browser: RigBrowser;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => (browser = await RigBrowser.start()));
  afterAll(() => browser?.stop());
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  /** What was approved is done, and once. */
  async function written(): Promise<void> {
    const { clock, target } = console.api;
    await waitFor('the write', async () => (await clock.pass(10), target.writes.length > 0), 30_000);
    await clock.pass(10_000);
    expect(target.writes).toHaveLength(1);
  }

  /** Something waits for an approval. */
  async function asked(runbook: string): Promise<string> {
    console = await startConsole({ tokens: TOKENS, runbooks: RUNBOOKS });
    ends.push(() => console.api.close());
    const { api } = console;
    const labels = { alertname: 'CenterDown', service: 'shop', runbook };
    const alerts = [{ status: 'firing', labels, annotations: {}, startsAt: new Date(api.clock.now()).toISOString() }];
    const headers = { authorization: `Bearer ${secretOf('alertmanager-1')}` };
    const { json } = await api.send('POST', '/api/v1/alert/trigger', undefined, { version: '4', alerts }, headers);
    await api.clock.pass(10);
    return json.alerts[0].decisions[0].executionId;
  }

  /** Somebody reads the question. */
  async function reader(name: string, id: string, looking: Looking = {}): Promise<Page> {
    const { page, context } = await browser.open(looking);
    ends.push(() => context.close());
    await actAs(context, name);
    await page.goto(`${console.origin}/executions/${id}/approve`);
    return page;
  }

  const texts = (page: Page): Promise<string> => page.locator('main').innerText();
  const grants = async (id: string): Promise<string[]> => {
    const journal = await console.api.store.journal(id);
    return journal.flatMap(({ event }) => (event.type === 'approved' ? [event.by] : []));
  };

  it('S15: two browsers approve at once: one counts, and the other is told who was first', async () => {
    const id = await asked('careful');
    const both = await Promise.all([reader('ann', id), reader('bob', id)]);
    // both have the form before anybody has sent one
    for (const page of both) await page.getByRole('button', { name: APPROVE }).waitFor();
    const answers = await Promise.all(
      both.map(async (page) => {
        const answer = page.waitForResponse((one) => one.request().method() === 'POST');
        await page.getByRole('button', { name: APPROVE }).click();
        return (await answer).status();
      }),
    );
    expect(new Set(answers)).toEqual(new Set([303, 409]));
    const [first] = await grants(id);
    expect(await grants(id)).toHaveLength(1);
    const second = both[answers.indexOf(409)];
    const said = second === undefined ? '' : await texts(second);
    expect(said).toContain('Nothing was done');
    expect(said).toContain(`${first} agreed to the plan`);
    await written();
  });

  it('where two must agree, two browsers at once both count', async () => {
    const id = await asked('pair');
    const both = await Promise.all([reader('ann', id), reader('bob', id)]);
    for (const page of both) await page.getByRole('button', { name: APPROVE }).waitFor();
    await Promise.all(both.map((page) => page.getByRole('button', { name: APPROVE }).click()));
    for (const page of both) await page.waitForURL(`**/executions/${id}`);
    expect((await grants(id)).toSorted()).toEqual(['ann', 'bob']);
    await written();
  });

  it('without scripts it works the same', async () => {
    const id = await asked('careful');
    const page = await reader('ann', id, { scripts: false });
    await page.getByLabel('Why? (may stay empty)').fill('b is idle');
    await page.getByRole('button', { name: APPROVE }).click();
    await page.waitForURL(`**/executions/${id}`);
    expect(await texts(page)).toContain('ann agreed to the plan: b is idle');
    await written();
  });

  it('with the keyboard alone: one key leads to the plan, and the form is reached and sent', async () => {
    const id = await asked('careful');
    const page = await reader('ann', id);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const focused = (): Promise<string> =>
      page.evaluate<string>('(document.activeElement.textContent || document.activeElement.id).trim()');
    for (let i = 0; i < 30 && (await focused()) !== 'reason-approve'; i++) await page.keyboard.press('Tab');
    await page.keyboard.type('read it all');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe(APPROVE);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/executions/${id}`);
    expect(await texts(page)).toContain('ann agreed to the plan: read it all');
  });

  it('saying no needs a reason, and the browser itself asks for it', async () => {
    const id = await asked('careful');
    const page = await reader('bob', id, { size: 'phone' });
    const no = page.getByRole('button', { name: 'Reject: nothing is changed' });
    await no.click();
    expect(page.url()).toContain('/approve');
    await page.locator('#reason-reject').fill('a is coming back');
    await no.click();
    await page.waitForURL(`**/executions/${id}`);
    expect(await texts(page)).toContain('rejected by bob: a is coming back');
    expect(console.api.target.writes).toEqual([]);
  });

  it('a dangerous command has to be opened, says what it does, and is sent with a reason; the page then follows it', async () => {
    const id = await asked('careful');
    const page = await reader('ann', id);
    await page.getByRole('button', { name: APPROVE }).click();
    await page.waitForURL(`**/executions/${id}`);
    await comes(console.api.clock, page.getByText('ended succeeded'));
    const form = page.locator('form[action$="/revert"]');
    expect(await form.isVisible()).toBe(false);
    await page.locator('summary', { hasText: 'Take it back' }).click();
    expect(await form.innerText()).toContain('Takes back what it has changed.');
    expect(await form.locator('.change').innerText()).toContain('"b"');
    await form.locator('textarea').fill('it was the wrong one');
    await form.getByRole('button').click();
    await comes(console.api.clock, page.getByText('ann asked to take it back: it was the wrong one'));
    await comes(console.api.clock, page.getByText('ended reverted'));
    expect(console.api.target.values.get('shop')).toBe('');
  });
});
