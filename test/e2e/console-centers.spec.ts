import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL } from '../../src/access/person.js';
import type { StandingAnswer } from '../../src/watch/answer.js';
import { runbookFile, startApi, type ApiApp, type ApiAppOptions } from '../integration/api-app.js';
import { RigBrowser, type LookedAt } from '../rig/browser.js';
import { lookEverywhere } from './console-kit.js';

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
    const api = await startApi({ tokens: [], start: START, runbooks: RUNBOOKS, ...options });
    opened.push(api);
    await api.nest.listen(0, '127.0.0.1');
    return { api, origin: await api.nest.getUrl() };
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
    await api.store.governance.setServing('c', false, { by: 'ada', reason: 'it burns, too' });
    await api.store.governance.setServing('gone', false, { by: 'ada' });
    await lookEverywhere(browser, origin, '/centers', 'centers-out');
    const { text } = await api.send('GET', '/centers');
    expect(text).toContain('capacity-floor: 1400 capacity in service');
  });

  it('thirty centres are shown, and nothing in the picture covers anything', async () => {
    const { origin } = await open({ topology: many });
    await lookEverywhere(browser, origin, '/centers', 'centers-many');
  });

  it('S8: names and titles are only ever text, however they are written, and stay in their boxes', async () => {
    const { origin } = await open({ topology: hostile });
    await lookEverywhere(browser, origin, '/centers', 'centers-hostile');
  });
});
