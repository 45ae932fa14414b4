import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../src/access/roles.js';
import { runbookFile, startApi, type ApiApp } from './api-app.js';

const VERIFY =
  '  verify: { probe: pretend/state, with: {}, every: 1s, healthy: 1, unhealthy: 1, unknown: 1, within: 10s }';
const RUNBOOKS = {
  careful: runbookFile('careful'),
  quick: runbookFile('quick', VERIFY, 'auto').replace('cooldown: 10m', 'cooldown: 0s'),
  evil: runbookFile('evil').replace('title: Switch evil over', "title: '<img src=x onerror=alert(1)>'"),
};
const GUIDE = `# Before you say yes to {{labels.service}}

Look at <b>it</b>: [the board](https://grafana.example/d/1?var={{labels.service}}).
`;

const LABELS = 'alertname="CenterDown", service="shop", runbook="careful"';

/** The words of a page, without its elements. */
const wordsOf = (html: string): string =>
  (/<main[^>]*>(.*)<\/main>/s.exec(html)?.[1] ?? html)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x3D;', '=')
    .replaceAll(/\s+/g, ' ');

describe('the pages of runbooks', () => {
  let api: ApiApp;
  beforeEach(async () => {
    api = await startApi({ runbooks: RUNBOOKS });
    writeFileSync(join(api.folder, 'careful.md.hbs'), GUIDE);
    await api.catalog.reload();
  });
  afterEach(() => api.close());

  const page = async (url: string, as: Role = 'viewer') => {
    const { status, text } = await api.send('GET', url, as, undefined, { accept: 'text/html' });
    return { status, text, words: wordsOf(text) };
  };
  const post = async (url: string, fields: Readonly<Record<string, string>>, as: Role = 'operator') => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' };
    const answer = await api.send('POST', url, as, new URLSearchParams(fields).toString(), headers);
    return { ...answer, words: wordsOf(answer.text) };
  };
  const fire = async (runbook: string, labels: object = {}) => {
    const all = { alertname: 'CenterDown', service: 'shop', runbook, ...labels };
    const alerts = [{ status: 'firing', labels: all, startsAt: '2026-11-01T11:59:00Z' }];
    return (await api.send('POST', '/api/v1/alert/trigger', 'source', { version: '4', alerts })).json.alerts[0];
  };

  it('list what is in force with its mode, owner and matchers, and what has become of it in words', async () => {
    await fire('quick');
    await api.clock.pass(20_000);
    const { words } = await page('/runbooks');
    expect(words).toContain(
      'Switch quick over auto quick · team-a · answers alertname="CenterDown" , service=~"shop|pay" , runbook="quick"',
    );
    expect(words).toMatch(
      /Opened once: 1 proved to help; typically well again .* after the alert began. Last on traffic\/shop: succeeded/,
    );
    expect(words).toContain('Not opened so far.');
    expect((await page('/runbooks?search=CAREF')).text.split('<article')).toHaveLength(2);
    expect((await page('/runbooks?search=x%22%3E%3Cb%3E')).words).toContain('No runbook in force fits');
  });

  it('list what is wrong with an edition that was not taken over', async () => {
    writeFileSync(join(api.folder, 'careful.yaml'), RUNBOOKS.careful.replace('mode: approve', 'mode: aprove'));
    writeFileSync(join(api.folder, 'quick.md.hbs'), 'first\n\n[a link](javascript:alert(1))');
    await api.catalog.reload();
    const { words } = await page('/runbooks');
    expect(words).toContain('A newer edition was not taken over');
    expect(words).toMatch(/careful\.yaml:\d+:\d+: spec\.mode/);
    expect(words).toMatch(/quick\.md\.hbs:3:10: "javascript:alert\(1\)" is no link that a page may have/);
    expect((await page('/runbooks/careful')).status).toBe(200);
  });

  it('show the human part, with the names of what an alert would say, and how to write one that is missing', async () => {
    const { text } = await page('/runbooks/careful');
    expect(text).toContain('<h2>Before you say yes to ‹service›</h2>');
    expect(text).toContain('&lt;b&gt;it&lt;/b&gt;');
    expect(text).toContain('<a href="https://grafana.example/d/1?var=%E2%80%B9service%E2%80%BA">the board</a>');
    expect((await page('/runbooks/quick')).words).toContain('Put a file quick.md.hbs beside quick.yaml');
  });

  it('say brakes, approval and what comes afterwards in words', async () => {
    const { words } = await page('/runbooks/quick');
    expect(words).toContain('No cooldown.');
    expect(words).toContain(
      'Only when a plan asks for people, or trust is lost: One person with the role approver, within 15 min; then it ends and nothing was touched.',
    );
    expect(words).toContain('Judged by pretend/state every 1 s: 1 healthy in a row within 10 s prove it.');
    expect(words).toContain('What does not help is taken back.');
    expect(words).toContain('The machine part, as it was written apiVersion: firebreak/v1');
  });

  it('S8: titles and matchers are text', async () => {
    for (const url of ['/runbooks', '/runbooks/evil']) {
      const { text } = await page(url);
      expect(text).toContain('&lt;img src&#x3D;x onerror');
      expect(text).not.toContain('<img src=x');
    }
  });

  it('are 404 for a runbook that is not there', async () => {
    expect((await page('/runbooks/nobody')).status).toBe(404);
    expect((await post('/runbooks/nobody/try', { alert: LABELS })).status).toBe(404);
    expect((await post('/runbooks/nobody/start', { labels: '', reason: 'x', key: 'k' })).status).toBe(404);
  });

  describe('trying one with an alert', () => {
    it('says that it would run, and shows the plan; nothing is kept', async () => {
      const { status, words } = await post('/runbooks/careful/try', { alert: LABELS });
      expect(status).toBe(200);
      expect(words).toContain(
        'careful would run: it would wait up to 15 min for 1 (approver) to approve, and then begin.',
      );
      expect(words).toContain('On traffic/shop , approve');
      expect(words).toContain('switch (pretend/set, risk low) set shop to b shop value "" to "b"');
      expect(words).toContain('Nothing was kept and nothing was touched.');
      expect((await api.store.list({ limit: 10 })).items).toEqual([]);
      expect(await api.store.decisions({ limit: 10 })).toEqual([]);
      expect(await api.store.auditHead()).toMatchObject({ n: 0 });
    });

    it('says why it would not run: a matcher, or a guard with its numbers', async () => {
      expect((await post('/runbooks/careful/try', { alert: LABELS.replace('shop', 'blog') })).words).toContain(
        'careful would not run, because it does not match: service="blog" does not satisfy service=~"shop|pay".',
      );
      await api.send('POST', '/api/v1/pauses', 'operator', { scope: 'all', reason: 'a test' });
      expect((await post('/runbooks/careful/try', { alert: LABELS })).words).toContain(
        'careful would not run: paused (all): a test.',
      );
    });

    it.each([
      ['', 'nothing was given'],
      ['hello', 'one of &#x3D; !&#x3D;'],
      ['{"version": "4", "alerts": []}', 'its list is empty'],
    ])('says what is wrong with %j, and keeps what was typed', async (alert, says) => {
      const { status, text } = await post('/runbooks/careful/try', { alert });
      expect([status, text]).toEqual([400, expect.stringContaining(says)]);
      if (alert === 'hello') expect(text).toContain('>hello</textarea>');
    });

    it('begins with the example that ships, else with the last alert that it answered', async () => {
      expect((await page('/runbooks/careful', 'operator')).text).toContain('alertname&#x3D;&quot;CenterDown&quot;');
      await fire('careful', { pod: 'seven' });
      expect((await page('/runbooks/careful', 'operator')).text).toContain('pod&#x3D;&quot;seven&quot;');
      mkdirSync(join(api.folder, 'examples'));
      writeFileSync(join(api.folder, 'examples', 'careful.alert.json'), '{"labels": {"alertname": "Shipped"}}');
      expect((await page('/runbooks/careful', 'operator')).text).toContain('Shipped');
    });

    it('is filled in with an alert that somebody comes from', async () => {
      const { fingerprint } = await fire('nobody', { pod: 'nine' });
      const { text } = await page(`/runbooks/careful?alert=${fingerprint}`, 'operator');
      expect(text.split('pod&#x3D;&quot;nine&quot;')).toHaveLength(3);
    });

    it('S5: takes the alert as data, whatever it looks like', async () => {
      const alert = JSON.stringify({
        labels: { alertname: '{{7*7}}', service: '</textarea><script>alert(1)</script>' },
      });
      const { status, text } = await post('/runbooks/careful/try', { alert });
      expect(status).toBe(200);
      expect(text).toContain('{{7*7}}');
      expect(text).not.toContain('<script>alert');
    });
  });

  describe('starting one by hand', () => {
    const form = { labels: 'service="shop"', reason: 'it is slow', key: 'r1' };

    it('opens one execution however often the form is sent, and leads to it', async () => {
      const first = await post('/runbooks/careful/start', form);
      const second = await post('/runbooks/careful/start', form);
      const { items } = await api.store.list({ limit: 10 });
      expect(items).toMatchObject([
        { runbook: 'careful', trigger: 'manual', requestedBy: 'operator', reason: 'it is slow' },
      ]);
      expect([first.status, first.headers['location']]).toEqual([303, `/executions/${items[0]?.id}`]);
      expect(second.headers['location']).toBe(first.headers['location']);
    });

    it('only looks when that is wanted', async () => {
      await post('/runbooks/careful/start', { ...form, dryRun: 'yes' });
      expect((await api.store.list({ limit: 10 })).items).toMatchObject([{ dryRun: true }]);
    });

    it('says who said no, and keeps what was typed', async () => {
      const { fingerprint } = await fire('careful');
      expect(fingerprint).toBeDefined();
      const busy = await post('/runbooks/careful/start', form);
      expect([busy.status, busy.words]).toEqual([
        409,
        expect.stringMatching(/Nothing was done\..*target-busy: the target is held by x/),
      ]);
      expect(busy.text).toContain('value="it is slow"');
      const missing = await post('/runbooks/careful/start', { ...form, labels: '' });
      expect(missing.words).toContain('labels.service is missing');
      expect((await post('/runbooks/careful/start', { ...form, reason: ' ' })).words).toContain('reason: missing');
      expect((await post('/runbooks/careful/start', { ...form, labels: 'x=~"y"' })).words).toContain(
        'an alert has x="..."',
      );
    });

    it('S13: takes no field that the form does not have', async () => {
      expect((await post('/runbooks/careful/start', { ...form, requestedBy: 'somebody' })).status).toBe(400);
    });

    it('shows viewers neither button, and refuses them', async () => {
      expect((await page('/runbooks/careful')).text).not.toContain('<form class="form"');
      expect((await post('/runbooks/careful/start', form, 'viewer')).status).toBe(403);
      expect((await post('/runbooks/careful/try', { alert: LABELS }, 'viewer')).status).toBe(403);
    });
  });

  describe('trust', () => {
    beforeEach(async () => {
      api.target.measurement = { status: 'unhealthy', detail: 'not better' };
      for (const pod of ['1', '2', '3']) {
        await fire('quick', { pod });
        await api.clock.pass(20_000);
      }
    });

    it('that is lost is shown with what took it, and a person gives it back', async () => {
      const LOST =
        'It must ask people first, although its file says auto: its changes did not help several times in a row.';
      expect((await page('/runbooks')).words).toContain(LOST);
      expect((await page('/runbooks/quick')).text).not.toContain('/runbooks/quick/trust');
      const { words, text } = await page('/runbooks/quick', 'approver');
      expect(words).toContain(LOST);
      expect(text).toContain('action="/runbooks/quick/trust"');
      expect((await post('/runbooks/quick/trust', { reason: '' }, 'approver')).status).toBe(400);
      const given = await post('/runbooks/quick/trust', { reason: 'the probe was wrong' }, 'approver');
      expect([given.status, given.headers['location']]).toEqual([303, '/runbooks/quick']);
      expect((await page('/runbooks/quick')).words).not.toContain(LOST);
      expect((await post('/runbooks/quick/trust', { reason: 'again' }, 'approver')).status).toBe(409);
      expect((await page('/audit?what=trust-restored')).words).toMatch(
        /approver .*trusts a runbook again: the probe was wrong quick/,
      );
    });
  });
});
