import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runbookFile, type ApiApp } from '../integration/api-app.js';
import { accessFaults, picture, RigBrowser } from '../rig/browser.js';
import { lookEverywhere } from './console-kit.js';
import { startConsole } from './execution-kit.js';

const VERIFY =
  '  verify: { probe: pretend/state, with: {}, every: 1s, healthy: 1, unhealthy: 1, unknown: 1, within: 10s }';
const STORM = '  guards: { cooldown: 0s, storm: { distinctTargets: 1, per: 10m, calm: 10m } }';
const RUNBOOKS = {
  careful: runbookFile('careful').replace('traffic/{{labels.service}}', 'careful/{{labels.pod}}'),
  quick: runbookFile('quick', VERIFY, 'auto').replace('{{labels.service}}', '{{labels.service}}/{{labels.pod}}'),
  shaky: runbookFile('shaky', VERIFY, 'auto')
    .replace('cooldown: 10m', 'cooldown: 0s')
    .replace('traffic/{{labels.service}}', 'shaky/{{labels.pod}}'),
  stormy: runbookFile('stormy', '', 'auto')
    .replace('{{labels.service}}', '{{labels.service}}/{{labels.pod}}')
    .replace(/ {2}guards: .*/, STORM),
};
const GUIDE = `# Before you say yes for {{labels.service}}

It sets \`{{labels.service}}\` to **b**, and nothing else.

1. Does b carry the load? [The board](https://grafana.example/d/1) says so.
2. Who else is at work? Look at [Now](/).

**How to take it back.** \`revert\` on the execution; what was there before is restored.
`;

/** The answer as it is read; moments are in the viewer's zone and said from today. */
const WITHOUT_MOMENTS = `(() => {
  const copy = document.getElementById('answer').cloneNode(true);
  for (const time of copy.querySelectorAll('time')) time.textContent = '<moment>';
  return copy.textContent;
})()`;

type Labels = Readonly<Record<string, string>>;

const alert = (runbook: string, labels: Labels = {}, startsAt = '2026-11-01T11:59:00Z') => ({
  status: 'firing',
  labels: { alertname: 'CenterDown', service: 'shop', pod: '1', runbook, ...labels },
  startsAt,
});

describe('why something did or did not happen', { timeout: 120_000 }, () => {
  let api: ApiApp;
  let origin: string;
  let browser: RigBrowser;
  beforeAll(async () => {
    ({ api, origin } = await startConsole({ tokens: [], runbooks: RUNBOOKS }));
    writeFileSync(join(api.folder, 'careful.md.hbs'), GUIDE);
    await api.catalog.reload();
    browser = await RigBrowser.start();
  });
  afterAll(async () => {
    await browser?.stop();
    await api?.close();
  });

  const send = (method: 'POST' | 'DELETE', url: string, body?: object) =>
    api.send(method, url, undefined, body, { host: new URL(origin).host });
  const trigger = async (...alerts: object[]) => {
    const { json } = await send('POST', '/api/v1/alert/trigger', { version: '4', alerts });
    await api.clock.pass(10);
    return json.alerts[0].fingerprint;
  };
  /** What a person reads at the top of the page of an alert. */
  const answerTo = async (fingerprint: string): Promise<string> => {
    const { page, context, complaints } = await browser.open();
    await page.goto(`${origin}/alerts/${fingerprint}`);
    const answer = await page.evaluate<string>(WITHOUT_MOMENTS);
    expect(complaints).toEqual([]);
    await context.close();
    return answer.trim();
  };

  describe('while nothing has happened', () => {
    it('the alerts say what to do', () => lookEverywhere(browser, origin, '/alerts', 'alerts-empty'));
    it('the audit says what will stand there', () => lookEverywhere(browser, origin, '/audit', 'audit-empty'));
    it('the runbooks are listed', () => lookEverywhere(browser, origin, '/runbooks', 'runbooks'));
    it('a runbook has its human part', () => lookEverywhere(browser, origin, '/runbooks/careful', 'runbook'));
    it('a runbook without one says how to write it', () =>
      lookEverywhere(browser, origin, '/runbooks/quick', 'runbook-bare'));
  });

  describe('the answer stands at the top, in one sentence with its numbers:', () => {
    it('no runbook matches', async () => {
      expect(await answerTo(await trigger(alert('nobody')))).toBe(
        'Nothing was done about CenterDown: no runbook matches, the nearest is careful: runbook="nobody" does not satisfy runbook="careful".',
      );
    });

    it('duplicate: it is answered already', async () => {
      await trigger(alert('careful'));
      expect(await answerTo(await trigger(alert('careful')))).toMatch(
        /^CenterDown is being answered: careful waits for approval until <moment>: 0 of 1 approvals; still needed: approver \(x\S+\)\.$/,
      );
    });

    it('cooldown', async () => {
      await trigger(alert('quick'));
      await api.clock.pass(20_000);
      expect(await answerTo(await trigger(alert('quick', { severity: 'page' })))).toMatch(
        /^Nothing was done about CenterDown: quick did nothing at <moment>: cooldown, 9 min \d+ s left since x\S+\.$/,
      );
    });

    it('too old', async () => {
      expect(await answerTo(await trigger(alert('quick', { pod: '2' }, '2026-11-01T09:00:00Z')))).toMatch(
        /^Nothing was done about CenterDown: quick did nothing at <moment>: too-old, .*3 h.*1 h.*\.$/,
      );
    });

    it('storm', async () => {
      const pods = ['a', 'b', 'c'].map((pod) => alert('stormy', { pod }));
      for (const one of pods) await trigger(one);
      expect(await answerTo(await trigger(alert('stormy', { pod: 'd' })))).toMatch(
        /^Nothing was done about CenterDown: stormy did nothing at <moment>: storm, \d+ targets are in trouble \(stormy\); calm in 10 min if no more are hit\.$/,
      );
    });

    it('paused', async () => {
      const { json } = await send('POST', '/api/v1/pauses', { scope: 'all', reason: 'moving house' });
      expect(await answerTo(await trigger(alert('quick', { pod: '3' })))).toMatch(
        /^Nothing was done about CenterDown: quick did nothing at <moment>: paused \(all\): moving house\.$/,
      );
      await send('DELETE', `/api/v1/pauses/${json.id}?reason=done`);
    });

    it('never came in, found by pasting its labels', async () => {
      const { page, context, complaints } = await browser.open({ size: 'phone' });
      await page.goto(`${origin}/alerts`);
      await page.getByLabel('Labels of the alert').fill('alertname="CenterDown"\nservice="blog"\nrunbook="quick"');
      await page.getByRole('button', { name: 'Ask' }).click();
      await page.locator('#answer').waitFor();
      expect((await page.locator('#answer').textContent())?.trim()).toBe(
        'CenterDown has not come in, as far back as decisions are kept; no runbook would answer it, the nearest is quick: service="blog" does not satisfy service=~"shop|pay".',
      );
      await picture(page, 'alert-never-phone-light');
      expect(await accessFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    });
  });

  describe('a runbook is tried in the browser', () => {
    it('with the alert that somebody comes from: the plan, and nothing kept', async () => {
      const fingerprint = await trigger(alert('careful', { service: 'pay' }));
      const before = await api.store.auditHead();
      const { page, context, complaints } = await browser.open({ size: 'phone', theme: 'dark' });
      await page.goto(`${origin}/alerts/${fingerprint}`);
      await page.getByRole('link', { name: 'Try it with this alert' }).click();
      await page.locator('#alert').waitFor();
      expect(await page.locator('#alert').inputValue()).toContain('service="pay"');
      await page.locator('#alert').fill('alertname="CenterDown", service="pay", runbook="careful", pod="9"');
      await page.getByRole('button', { name: 'Try it' }).click();
      await page.locator('#tried').waitFor();
      expect(await page.locator('#tried').textContent()).toContain('careful would run: it would wait up to 15 min');
      await picture(page, 'runbook-tried-phone-dark');
      expect(await accessFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(await api.store.auditHead()).toEqual(before);
      await context.close();
    });
  });

  describe('with much to show', () => {
    beforeAll(async () => {
      api.target.measurement = { status: 'unhealthy', detail: 'not better' };
      for (const pod of ['1', '2', '3']) {
        api.target.values.set('shop', 'a');
        await trigger(alert('shaky', { pod }));
        await api.clock.pass(20_000);
      }
      const evil = { html: '<img src=x onerror=alert(1)>', braces: '{{7*7}}', long: 'x'.repeat(300), rtl: 'a\u202eb' };
      const many = Array.from({ length: 60 }, (_, i) => alert('nobody', { instance: `web-${i}`, ...evil }));
      await trigger(...many);
      writeFileSync(join(api.folder, 'careful.yaml'), RUNBOOKS.careful.replace('mode: approve', 'mode: aprove'));
      await api.catalog.reload();
    });

    it('S8: the alerts, with markup in their labels', () => lookEverywhere(browser, origin, '/alerts', 'alerts-many'));
    it('the alerts of a search', () =>
      lookEverywhere(browser, origin, '/alerts?runbook=quick&match=severity%3D%22page%22', 'alerts-search'));
    it('one alert', async () => {
      const [one] = await api.store.decisions({ runbook: 'quick', because: 'cooldown', limit: 1 });
      await lookEverywhere(browser, origin, `/alerts/${one?.fingerprint}`, 'alert');
    });
    it('the runbooks, with one that lost trust and an edition that was refused', () =>
      lookEverywhere(browser, origin, '/runbooks', 'runbooks-trouble'));
    it('a runbook that lost trust', () => lookEverywhere(browser, origin, '/runbooks/shaky', 'runbook-lost'));
    it('the audit', () => lookEverywhere(browser, origin, '/audit', 'audit'));
    it('the verified audit', () => lookEverywhere(browser, origin, '/audit/verify', 'audit-verified'));
  });
});
