import { afterAll, beforeAll, describe, it } from 'vitest';
import { startApi, type ApiApp } from '../integration/api-app.js';
import { RigBrowser } from '../rig/browser.js';
import { lookEverywhere } from './console-kit.js';

describe('Now', () => {
  let api: ApiApp;
  let origin: string;
  let browser: RigBrowser;
  beforeAll(async () => {
    api = await startApi({ tokens: [] });
    await api.nest.listen(0, '127.0.0.1');
    origin = await api.nest.getUrl();
    browser = await RigBrowser.start();
  });
  afterAll(async () => {
    await browser?.stop();
    await api?.close();
  });

  it('says what to do next while nothing has happened', () => lookEverywhere(browser, origin, '/', 'now-empty'));
});
