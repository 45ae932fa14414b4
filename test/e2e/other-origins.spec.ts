import { Controller, Post } from '@nestjs/common';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Needs } from '../../src/access/needs.js';
import { grafanaSchema } from '../../src/config/access/grafana.js';
import { startApi, type ApiApp } from '../integration/api-app.js';
import { RigBrowser, type LookedAt } from '../rig/browser.js';
import { startGrafana, type RigGrafana } from '../rig/grafana.js';
import { freePort } from '../rig/processes.js';
import { startStandIn, type StandIn } from '../rig/stand-in.js';
import { waitFor } from '../rig/wait-for.js';

/** A form that somebody with the right may send. */
@Controller('tried')
class Tried {
  times = 0;

  @Post()
  @Needs('pause')
  take(): string {
    this.times += 1;
    return 'taken';
  }
}

describe('S11: a real browser with a session of Grafana, for which cookies know no ports', () => {
  let browser: RigBrowser;
  let grafana: RigGrafana;
  let evil: StandIn;
  let api: ApiApp;
  let own: string;
  let looked: LookedAt;
  let page: Page;

  beforeAll(async () => {
    grafana = await startGrafana();
    const port = await freePort();
    own = `http://localhost:${port}`;
    const access = { grafana: grafanaSchema.parse({ url: grafana.url }) };
    api = await startApi({ publicUrl: own, access, controllers: [Tried] });
    await api.nest.listen(port, '127.0.0.1');
    evil = await startStandIn(() => ({ status: 200, headers: { 'content-type': 'text/html' }, text: '<p>evil</p>' }));
    browser = await RigBrowser.start();
    looked = await browser.open();
    const [name = '', value = ''] = grafana.cookie('admin').split('=');
    await looked.context.addCookies([{ name, value, url: own }]);
  });
  afterAll(async () => {
    await browser?.stop();
    await Promise.all([api?.close(), grafana?.close(), evil?.close()]);
  });

  /** A page of its own for each attempt: none is still on its way when the next one begins. */
  const open = async (url: string): Promise<void> => {
    page = await looked.context.newPage();
    await page.goto(url);
  };
  const submit = async (type: string, fields: Record<string, string>): Promise<number | undefined> => {
    const target = `${own}/tried`;
    const answered = page.waitForResponse((answer) => answer.url() === target);
    await page.evaluate(
      `(([target, type, fields]) => {
        const form = Object.assign(document.createElement('form'), { method: 'post', action: target, enctype: type });
        for (const [name, value] of Object.entries(fields))
          form.append(Object.assign(document.createElement('input'), { name, value }));
        document.body.append(form);
        form.submit();
      })(${JSON.stringify([target, type, fields])})`,
    );
    return (await answered).status();
  };
  const send = (path: string, options: object): Promise<string> =>
    page.evaluate<string>(
      `fetch(${JSON.stringify(own + path)}, ${JSON.stringify(options)}).then((answer) => answer.type + ' ' + answer.status, (error) => error.name)`,
    );
  const tokenOf = async (): Promise<string> => {
    await open(`${own}/`);
    return page.locator('input[name=_csrf]').first().inputValue();
  };
  const times = (): number => api.nest.get(Tried).times;

  it('a page of another port on the same host can send nothing that counts, and read nothing', async () => {
    const there = `http://localhost:${evil.port}/`;
    const token = await tokenOf();
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data']) {
      await open(there);
      expect(await submit(type, { _csrf: token })).toBe(403);
    }
    await open(there);
    const credentials = 'include';
    const headers = { 'x-grafana-action': '1' };
    expect(await send('/tried', { method: 'POST', credentials, mode: 'no-cors' })).toBe('TypeError');
    expect(await send('/tried', { method: 'POST', credentials, headers })).toBe('TypeError');
    expect(await send('/api/v1/executions', { credentials })).toBe('TypeError');
    expect(times()).toBe(0);
  });

  it('a page in a frame without an origin can send nothing either', async () => {
    const token = await tokenOf();
    await open(`http://localhost:${evil.port}/`);
    const form = `<form method=post action="${own}/tried"><input name=_csrf value="${token}"></form><script>document.forms[0].submit()</script>`;
    const refusals = (): number => api.log.filter(({ fields }) => fields['route'] === '/tried').length;
    const before = refusals();
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('iframe'), { sandbox: 'allow-scripts allow-forms', srcdoc: ${JSON.stringify(form)} }))`,
    );
    // the browser shows no answer in a frame, so the service is asked
    await waitFor('the refusal', () => refusals() > before, 30_000);
    expect(api.log.at(-1)?.fields).toMatchObject({ code: 'forbidden', route: '/tried' });
    expect(times()).toBe(0);
  });

  it('our own pages can, by form and by button', async () => {
    const token = await tokenOf();
    expect(await submit('application/x-www-form-urlencoded', { _csrf: token })).toBe(201);
    await open(`${own}/`);
    expect(await send('/tried', { method: 'POST', headers: { 'x-grafana-action': '1' } })).toBe('basic 201');
    expect(times()).toBe(2);
    await open(`${own}/`);
    expect(await submit('application/x-www-form-urlencoded', { _csrf: 'guessed' })).toBe(403);
    await open(`${own}/`);
    expect(await send('/tried', { method: 'POST' })).toBe('basic 403');
    expect(times()).toBe(2);
  });
});
