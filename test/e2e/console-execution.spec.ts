import { afterAll, beforeAll, describe, it } from 'vitest';
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

describe('the pages about one execution', { timeout: 120_000 }, () => {
  let console: Console;
  let browser: RigBrowser;
  beforeAll(async () => {
    console = await startConsole({ tokens: [] });
    for (const course of Object.values(STORIES)) await keep(console.api.store, course);
    await console.api.clock.pass(1_200_000);
    browser = await RigBrowser.start();
  });
  afterAll(async () => {
    await browser?.stop();
    await console?.api.close();
  });

  it.each(EXECUTIONS)('show an execution that is %s', (name) =>
    lookEverywhere(browser, console.origin, `/executions/${name}`, `execution-${name}`),
  );

  it.each(QUESTIONS)('show the question about one that is %s', (name) =>
    lookEverywhere(browser, console.origin, `/executions/${name}/approve`, `approve-${name}`),
  );
});
