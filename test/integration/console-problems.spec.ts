import { Controller, Get, Post } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Needs } from '../../src/access/needs.js';
import { FirebreakError } from '../../src/core/errors.js';
import { RigBrowser } from '../rig/browser.js';
import { lookEverywhere } from '../e2e/console-kit.js';
import { startApi, type ApiApp } from './api-app.js';

@Controller('broken')
class Broken {
  @Get()
  @Needs('read')
  read(): never {
    throw new Error('the password is 12345');
  }

  @Get('hostile')
  @Needs('read')
  hostile(): never {
    throw new FirebreakError('not-found', '<script>alert(1)</script> {{7*7}} \u202Eabc');
  }

  @Get('away')
  @Needs('read')
  away(): never {
    throw new FirebreakError('store-unavailable', 'Redis does not answer');
  }

  @Post()
  @Needs('see-settings')
  write(): string {
    return 'done';
  }
}

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('errors', () => {
  let api: ApiApp;
  beforeAll(async () => (api = await startApi({ controllers: [Broken] })));
  afterAll(() => api.close());
  const get = (url: string, headers: Record<string, string> = BROWSER) =>
    api.send('GET', url, 'viewer', undefined, headers);

  it.each([
    ['/nothing', 404, 'There is no such thing', 'Check the address.'],
    ['/executions?phase=asleep', 400, 'A query parameter is not usable', 'Correct the address'],
    ['/broken', 500, 'Something is broken in Firebreak', 'Load the page again.'],
    ['/broken/away', 503, 'The store does not answer', 'Check Redis.'],
  ])('%s is answered to a browser with %i as a page that says what to do', async (url, status, title, advice) => {
    const answer = await get(url);
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
    expect(answer.text).toContain(`<h1>${title}`);
    expect(answer.text).toContain(advice);
    expect(answer.text).toContain(String(answer.headers['x-request-id']));
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
  });

  it('somebody who may not do it hears who can help', async () => {
    const { status, text } = await api.send('POST', '/broken', 'viewer', {}, BROWSER);
    expect([status, text.includes('Ask somebody who may do it')]).toEqual([403, true]);
  });

  it('a page that is away for a moment comes back by itself, an answer to a form does not', async () => {
    expect((await get('/broken/away')).text).toContain('data-live="/live"');
    expect((await get('/nothing')).text).not.toContain('data-live');
  });

  it.each(['/api/v1/nothing', '/-/nothing', '/assets/nothing', '/metrics/nothing', '/live?nothing=1'])(
    '%s is for machines: JSON, whatever the browser would like',
    async (url) => expect((await get(url)).headers['content-type']).toMatch(/^application\/problem\+json/),
  );

  it.each([{}, { accept: '*/*' }, { accept: 'application/json' }, { accept: 'application/x-text/html-not' }])(
    'whoever asks for no page gets none: %j',
    async (headers) =>
      expect((await get('/nothing', headers)).headers['content-type']).toMatch(/^application\/problem\+json/),
  );

  it('a mistake of our own tells nobody outside what went wrong', async () =>
    expect((await get('/broken')).text).not.toContain('12345'));

  it('S8: what happened is text, whatever it holds', async () => {
    const { text } = await get('/broken/hostile');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}} \\u202eabc');
    expect(text).not.toContain('<script>alert');
  });
});

it('an error can be read in every size and theme', { timeout: 180_000 }, async () => {
  const api = await startApi({ tokens: [], controllers: [Broken] });
  await api.nest.listen(0, '127.0.0.1');
  const browser = await RigBrowser.start();
  await lookEverywhere(browser, await api.nest.getUrl(), '/broken/away', 'error-store-away', 503);
  await browser.stop();
  await api.close();
});
