import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApi, type ApiApp } from './api-app.js';

const firing = (runbook: string, labels: Readonly<Record<string, string>> = {}, change: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'CenterDown', service: 'shop', runbook, ...labels },
  startsAt: '2026-11-01T11:59:00Z',
  ...change,
});

/** The words of a page, without its elements. */
const wordsOf = (html: string): string =>
  (/<main[^>]*>(.*)<\/main>/s.exec(html)?.[1] ?? html)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x3D;', '=')
    .replaceAll('&lt;', '<')
    .replaceAll(/\s+/g, ' ');

describe('the pages of alerts', () => {
  let api: ApiApp;
  beforeEach(async () => (api = await startApi()));
  afterEach(() => api.close());
  const page = async (url: string) => {
    const { status, text, headers } = await api.send('GET', url, 'viewer', undefined, { accept: 'text/html' });
    return { status, text, headers, words: wordsOf(text) };
  };
  const trigger = async (...alerts: object[]) =>
    (await api.send('POST', '/api/v1/alert/trigger', 'source', { version: '4', alerts })).json.alerts;
  const asked = async (labels: string) => (await page(`/alerts/ask?labels=${encodeURIComponent(labels)}`)).words;

  it('say what to do while nothing has come in', async () => {
    const { status, words } = await page('/alerts');
    expect([status, words]).toEqual([200, expect.stringContaining('No alert has come in yet.')]);
  });

  it('put decisions together by alert, each with one sentence, the newest first', async () => {
    await trigger(firing('careful'), firing('nobody', { service: 'pay' }));
    await trigger(firing('careful'));
    const { words } = await page('/alerts');
    expect(words).toMatch(
      /CenterDown opened careful answers it with x\S+\. alertname="CenterDown", runbook="careful", service="shop" firing, seen [^.]* decided about 2 times/,
    );
    expect(words).toContain('CenterDown noted no runbook matches: careful: runbook="nobody"');
  });

  it.each([
    ['match=' + encodeURIComponent('service=~"p.*"'), 1],
    ['match=' + encodeURIComponent('{alertname="CenterDown", service!="pay"}'), 1],
    ['alertname=CenterDown', 2],
    ['runbook=careful', 1],
    ['decision=noted', 1],
    ['because=no-runbook', 1],
    ['since=1m', 2],
    ['since=2026-11-01T13:00:00Z', 0],
    ['match=x%3D%22y%22', 0],
    ['fingerprint=0123456789abcdef', 0],
  ])('can be searched: %s', async (query, count) => {
    await trigger(firing('careful'), firing('nobody', { service: 'pay' }));
    const { status, text } = await page(`/alerts?${query}`);
    expect([status, text.split('<article').length - 1]).toEqual([200, count]);
  });

  it('know the labels of a repeat, with which none are kept', async () => {
    await trigger(firing('careful'));
    await trigger(firing('careful'));
    const { text } = await page(`/alerts?because=duplicate&match=${encodeURIComponent('service="shop"')}`);
    expect(text.split('<article')).toHaveLength(2);
  });

  it('S9: search by a pattern in linear time, and say what is wrong with one', async () => {
    await trigger(firing('careful', { long: 'a'.repeat(5_000) }));
    const evil = await page(`/alerts?match=${encodeURIComponent('long=~"(a+)+b"')}`);
    expect(evil.status).toBe(200);
    const wrong = await page(`/alerts?match=${encodeURIComponent('long=~"(a"')}`);
    expect([wrong.status, wrong.words]).toEqual([400, expect.stringContaining('is not a regular expression (RE2)')]);
    expect((await page('/alerts?since=yesterday')).words).toContain('Since: write a duration such as 90m');
    expect((await page('/alerts?nonsense=1')).status).toBe(400);
  });

  it('answer in one sentence why nothing happened, with the numbers', async () => {
    const [{ fingerprint: careful }] = await trigger(firing('careful'));
    const [{ fingerprint: nobody }] = await trigger(firing('nobody'));
    expect((await page(`/alerts/${careful}`)).words).toContain('CenterDown is being answered: careful');
    expect((await page(`/alerts/${nobody}`)).words).toContain(
      'Nothing was done about CenterDown: no runbook matches, the nearest is careful: runbook="nobody" does not satisfy runbook="careful".',
    );
    const [old] = await trigger(firing('leased', { service: 'pay' }, { startsAt: '2026-11-01T09:00:00Z' }));
    expect((await page(`/alerts/${old.fingerprint}`)).words).toMatch(
      /Nothing was done about CenterDown: leased did nothing at 2026-11-01T12:00:00Z \(now\) ?: too-old, the alert is 3 h old, at most 1 h is acted on\./,
    );
  });

  it('answer about an alert that never came in: which runbook would, or which matcher fails', async () => {
    expect(await asked('alertname="CenterDown", service="shop", runbook="quick"')).toContain(
      'CenterDown has not come in, as far back as decisions are kept; quick would answer it.',
    );
    const none = await asked('alertname=CenterDown\nservice=blog\nrunbook=quick');
    expect(none).toContain(
      'no runbook would answer it, the nearest is quick: service="blog" does not satisfy service=~"shop|pay".',
    );
    expect(none).toContain('Nothing was ever decided about it');
    const wrong = await page('/alerts/ask?labels=hello');
    expect([wrong.status, wrong.words]).toEqual([400, expect.stringContaining('paste labels such as')]);
  });

  it('lead to the execution when the id is that of one, and are 404 for what nobody knows', async () => {
    const [{ decisions }] = await trigger(firing('careful'));
    const { status, headers } = await page(`/alerts/${decisions[0].executionId}`);
    expect([status, headers['location']]).toEqual([303, `/executions/${decisions[0].executionId}`]);
    expect((await page('/alerts/0123456789abcdef')).status).toBe(404);
  });

  it('S5, S8: show what stands in labels as text: it is neither compiled nor an element', async () => {
    const evil = {
      a: '{{7*7}}',
      b: '<img src=x onerror=alert(1)>',
      c: '"><script>alert(1)</script>',
      d: "' onmouseover='x",
      e: '{{constructor}}',
    };
    const [{ fingerprint }] = await trigger(firing('nobody', { alertname: '<svg onload=alert(1)>', ...evil }));
    for (const url of [
      '/alerts',
      `/alerts/${fingerprint}`,
      `/alerts?alertname=${encodeURIComponent('"><img src=x>')}`,
    ]) {
      const { status, text } = await page(url);
      expect(status).toBe(200);
      expect(text).not.toMatch(/<img src=x|<svg onload|<script>alert|onmouseover='/);
    }
    const { text } = await page(`/alerts/${fingerprint}`);
    expect(text).toContain('{{7*7}}');
    expect(text).toContain('{{constructor}}');
    expect(text).toContain('&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt;');
  });
});
