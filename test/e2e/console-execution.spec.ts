import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outbox } from '../../src/engine/outbox.js';
import { STORIES } from '../../src/testing/course-stories.js';
import { RigBrowser } from '../rig/browser.js';
import { lookEverywhere } from './console-kit.js';
import { keep, startConsole, type Console } from './execution-kit.js';

const EXECUTIONS = [
  'waiting',
  'running',
  'verifying',
  'holding',
  'reverting',
  'held',
  'expired',
  'reverted',
  'failed',
  'big-and-closed',
];
const QUESTIONS = ['waiting', 'one-of-two', 'agreed', 'changed', 'stuck', 'by-hand', 'big', 'expired', 'held'];

/** Somebody looks after it; one message was delivered, and one not yet. */
async function tell(outbox: Outbox, now: number): Promise<void> {
  const by = { by: 'grace', at: now - 300_000, until: now + 6_900_000, reason: 'I look at the load balancer' };
  await outbox.take('held', by);
  const execution = { id: 'held', runbook: 'cut-over', target: 'traffic/held', phase: 'held' };
  const message = { id: 'm', event: 'held', text: 'look', link: 'http://h/', execution } as const;
  for (const title of [
    'cut-over on traffic/held is held: a person must decide',
    'cut-over on traffic/held is still held',
  ])
    await outbox.put([
      { id: title, at: now, letters: [{ notifier: 'slack/oncall', message: { ...message, id: title, title } }] },
    ]);
  for (const result of ['delivered', 'again'] as const) {
    const claimed = await outbox.claim('slack/oncall', 12_000);
    if (claimed === undefined) throw new Error('nothing waits');
    const detail = result === 'again' ? { detail: 'slack/oncall answered 503', againInMs: 60_000 } : {};
    await outbox.finish(claimed, { result, ...detail });
  }
}

describe('the pages about one execution', { timeout: 120_000 }, () => {
  let console: Console;
  let browser: RigBrowser;
  beforeAll(async () => {
    console = await startConsole({ tokens: [] });
    for (const course of Object.values(STORIES)) await keep(console.api.store, course);
    await console.api.clock.pass(1_200_000);
    await tell(console.api.store.outbox, console.api.clock.now());
    browser = await RigBrowser.start();
  });
  afterAll(async () => {
    await browser?.stop();
    await console?.api.close();
  });

  it.each(EXECUTIONS)('show an execution that is %s', (name) =>
    lookEverywhere(browser, console.origin, `/executions/${name}`, `execution-${name}`),
  );

  it('say moments so that their sentences read well: the time in its place, how long ago in brackets', async () => {
    const { page, context } = await browser.open();
    await page.goto(`${console.origin}/executions/held`);
    await page.locator('.stands time.clock', { hasText: 'ago' }).waitFor();
    expect(await page.locator('.stands').textContent()).toMatch(
      / is held for a person since [^()]+ \([^()]+ ago\): nobody/,
    );
    expect(await page.locator('#taken').textContent()).toMatch(/^grace looks after it since [^()]+ \(.* ago\): I look/);
    await context.close();
  });

  it.each(QUESTIONS)('show the question about one that is %s', (name) =>
    lookEverywhere(browser, console.origin, `/executions/${name}/approve`, `approve-${name}`),
  );
});
