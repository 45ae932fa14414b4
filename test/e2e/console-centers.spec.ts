import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL } from '../../src/access/person.js';
import { SMALLEST_TOPOLOGY } from '../../src/console/centers/smallest-topology.js';
import type { StandingAnswer } from '../../src/watch/answer.js';
import { runbookFile, startApi, type ApiApp, type ApiAppOptions } from '../integration/api-app.js';
import { accessFaults, picture, RigBrowser } from '../rig/browser.js';
import { comes, lookEverywhere } from './console-kit.js';
import { startConsole } from './execution-kit.js';

const START = Date.now() - 125_000;
const root = join(import.meta.dirname, '../..');
const topologyFile = (path: string): string => readFileSync(join(root, path), 'utf8');
const MOVER = "  serving: { out: '{{labels.center}}', in: '{{topology.center.standby}}' }";
const RUNBOOKS = { 'cut-over': runbookFile('cut-over', MOVER), plain: runbookFile('plain') };
const ANSWERS: readonly StandingAnswer[] = [
  said('ready', 'b', { status: 'healthy', detail: 'b is ready to take over from a: lag 2s', values: { lag: 2 } }),
  said('ready', 'd', { status: 'unhealthy', detail: 'd is not ready:\nlag 3m;\nheadroom 4 %', values: { lag: 180 } }),
  { ...said('ready', 'c', { status: 'error', detail: 'no answer', values: {} }, 0), everyMs: 5_000 },
];

function said(probe: string, center: string, last: Omit<StandingAnswer['last'], 'at'>, age = 3_000): StandingAnswer {
  const reading = { at: START - age, ...last };
  const asks = 'cut-over-center/readiness';
  return { probe, asks, center, everyMs: 15_000, last: reading, ...(last.status === 'error' ? {} : { told: reading }) };
}

const regions = ['amber', 'blue', 'cyan', 'dusk', 'east'];
const many = `
apiVersion: firebreak/v1
kind: Topology
regions: { ${regions.map((id) => `${id}: { title: The region ${id} }`).join(', ')} }
centers:
${Array.from({ length: 30 }, (_, i) => `  c-${i}: { region: ${regions[i % 5]}, vendor: v, role: ${i % 3 === 0 ? 'standby' : 'serving'}, capacity: 100 }`).join('\n')}
pairs:
${Array.from({ length: 20 }, (_, i) => `  - { between: [c-${i}, c-${i + 5}], latencyMs: ${i}.5, policy: batch }`).join('\n')}
services: { shop: { centers: [c-0, c-1, c-2], home: c-1 } }
`;

const hostile = `
apiVersion: firebreak/v1
kind: Topology
regions: { north: { title: '</text></svg><script>alert(1)</script>' }, 'w${'w'.repeat(61)}': { title: "MMMMMMMMMMMMMMMMMMM 中文中文中文中文中文中文中文中文中文中文中文 \\"onload='x'" } }
centers:
  ${'m'.repeat(63)}: { region: north, vendor: v, role: ${'w'.repeat(63)}, capacity: 123456789012345680000 }
  b: { region: 'w${'w'.repeat(61)}', vendor: v, role: archive, capacity: 0.0000001 }
pairs: [{ between: [${'m'.repeat(63)}, b], latencyMs: 0.00000123456789, policy: asynchronous }]
services: { ${'W'.repeat(63)}: { centers: [b] } }
`;

/** In the browser: the texts that reach out of the box before them. */
const OUTSIDE = `[...document.querySelectorAll('.map svg[role=img]')]
  .filter((svg) => svg.getBoundingClientRect().width > 0)
  .flatMap((svg) => [...svg.querySelectorAll('text')])
  .filter((text) => {
    let box = text;
    while (box.tagName !== 'rect') box = box.previousElementSibling;
    const [inner, outer] = [text.getBoundingClientRect(), box.getBoundingClientRect()];
    return inner.left < outer.left || inner.right > outer.right || inner.top < outer.top || inner.bottom > outer.bottom;
  })
  .map((text) => text.textContent)`;

describe('the centres', { timeout: 240_000 }, () => {
  const opened: ApiApp[] = [];
  let browser: RigBrowser;
  beforeAll(async () => {
    browser = await RigBrowser.start();
  });
  afterAll(async () => {
    await browser?.stop();
    for (const api of opened) await api.close();
  });
  const open = async (options: ApiAppOptions): Promise<{ api: ApiApp; origin: string }> => {
    const { api, origin } = await startConsole({ tokens: [], start: START, runbooks: RUNBOOKS, ...options });
    opened.push(api);
    return { api, origin };
  };

  const staysInside = async (origin: string): Promise<void> => {
    for (const size of ['phone', 'desktop'] as const) {
      const { page, context } = await browser.open({ size });
      await page.goto(`${origin}/centers`);
      expect(await page.locator('.map svg[role=img]:visible').count()).toBe(1);
      expect(await page.evaluate<string[]>(OUTSIDE)).toEqual([]);
      await context.close();
    }
  };

  it('without a topology the page says what one is for', async () => {
    const { origin } = await open({});
    await lookEverywhere(browser, origin, '/centers', 'centers-none');
  });

  it('the topology of the project is shown', async () => {
    const { origin } = await open({ topology: topologyFile('topology.yaml') });
    await lookEverywhere(browser, origin, '/centers', 'centers-own');
  });

  it('with centres out of service, conditions that are too old, and standing probes', async () => {
    const conditions = {
      a: { health: 0, load: 0.5, at: START - 1_000 },
      b: { health: 1, at: START - 60_000 },
      c: { at: START, untold: true },
    } as const;
    const { api, origin } = await open({
      topology: topologyFile('deploy/topology/three-regions.yaml'),
      conditions,
      answers: ANSWERS,
    });
    await api.store.governance.setServing('a', false, { by: LOCAL.name, reason: 'it burns' });
    await api.store.governance.setServing('b', false, { by: 'ada', reason: 'it burns, too' });
    await api.store.governance.setServing('gone', false, { by: 'ada' });
    await lookEverywhere(browser, origin, '/centers', 'centers-out');
    await staysInside(origin);
    const { text } = await api.send('GET', '/centers');
    expect(text).toContain('capacity-floor: 1400 capacity in service');
  });

  it('thirty centres are shown, each with its words in its box', async () => {
    const { origin } = await open({ topology: many });
    await lookEverywhere(browser, origin, '/centers', 'centers-many');
    await staysInside(origin);
  });

  it('S8: names and titles are only ever text, however they are written, and stay in their boxes', async () => {
    const { origin } = await open({ topology: hostile });
    await lookEverywhere(browser, origin, '/centers', 'centers-hostile');
    await staysInside(origin);
  });

  it.each(['approve', 'auto'])(
    'somebody asks for a cut-over by a runbook in mode %s, and it waits for approval',
    async (mode) => {
      const runbooks = { 'cut-over': runbookFile('cut-over', MOVER, mode) };
      const { api, origin } = await open({ topology: SMALLEST_TOPOLOGY, runbooks });
      const { page, context, complaints } = await browser.open({ size: 'phone' });
      await page.goto(`${origin}/centers`);
      await page.getByText('Cut over away from a').click();
      await picture(page, 'centers-cut-over');
      expect(await accessFaults(page)).toEqual([]);
      await page.getByRole('link', { name: 'Ask for it for shop: a out, b in' }).click();
      await page.waitForURL(/\/runbooks\/cut-over\?labels=/);
      const start = page.locator('#start');
      expect(await start.getByLabel('Labels that it reads').inputValue()).toBe('center="a"\nservice="shop"');
      await start.getByLabel('Why?').fill('the cooling of a is being repaired');
      await start.getByRole('button', { name: 'Start it' }).click();
      await page.waitForURL(/\/executions\//);
      await api.clock.pass(100);
      await page.goto(page.url());
      await comes(api.clock, page.getByText('awaiting approval'));
      const { items } = await api.store.list({ limit: 10 });
      expect(items.map(({ runbook, target, state }) => [runbook, target, state.phase])).toEqual([
        ['cut-over', 'traffic/shop', 'awaiting-approval'],
      ]);
      expect(await api.store.governance.outOfService()).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  it('somebody says that a centre is out of service, and back, and nothing is switched', async () => {
    const { api, origin } = await open({ topology: SMALLEST_TOPOLOGY });
    const { page, context, complaints } = await browser.open({ size: 'phone', theme: 'dark', scripts: false });
    const say = async (what: string, button: string, why: string): Promise<void> => {
      await page.getByText(what).click();
      const form = page.locator('#say-a');
      await form.getByText('Nothing is switched by it.').waitFor();
      await form.getByLabel('Why?').fill(why);
      await form.getByRole('button', { name: button }).click();
    };
    await page.goto(`${origin}/centers`);
    await say('Say that a is out of service', 'a is out of service', 'it burns');
    await page.getByText('2 centres, 1 out of service').waitFor();
    expect(await api.store.governance.outOfService()).toEqual([{ center: 'a', by: 'person:local' }]);
    expect(api.target.writes).toEqual([]);
    await say('Say that a is back', 'a is back', 'it is wet now');
    await page.getByText('2 centres, none out of service').waitFor();
    expect(await api.store.governance.outOfService()).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('S8: labels of an address only ever fill in the form', async () => {
    const { api } = await open({ topology: SMALLEST_TOPOLOGY });
    const labels = '</textarea><script>alert(1)</script>{{topology}}';
    const { text } = await api.send('GET', `/runbooks/cut-over?${new URLSearchParams({ labels })}`);
    expect(text).toContain('&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{topology}}</textarea>');
    expect((await api.send('GET', `/runbooks/cut-over?labels=${'x'.repeat(2_001)}`)).status).toBe(400);
  });

  it('without a runbook that moves centres it says how to get one', async () => {
    const { origin } = await open({ topology: SMALLEST_TOPOLOGY, runbooks: { plain: runbookFile('plain') } });
    await lookEverywhere(browser, origin, '/centers', 'centers-no-runbook');
  });

  it('whoever may only read is offered nothing, and whoever tries is refused', async () => {
    const api = await startApi({ start: START, runbooks: RUNBOOKS, topology: SMALLEST_TOPOLOGY });
    opened.push(api);
    const { text } = await api.send('GET', '/centers', 'viewer');
    expect(text).not.toMatch(/<form class="form"|Cut over away/);
    expect((await api.send('GET', '/centers', 'operator')).text).toMatch(/Cut over away/);
    const refused = await api.send('POST', '/centers/a/serving', 'viewer', { serving: 'no', reason: 'x' });
    expect([refused.status, await api.store.governance.outOfService()]).toEqual([403, []]);
  });
});
