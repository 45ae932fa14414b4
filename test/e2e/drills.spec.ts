import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { accessFaults, picture, RigBrowser, THEMES } from '../rig/browser.js';
import { startClosedLoop, type ClosedLoop } from '../rig/closed-loop.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { queryNow } from '../rig/prometheus-query.js';
import { drillEnv, shippedDrill, startDrill, type RunningDrill } from '../rig/shipped-drill.js';
import { waitFor } from '../rig/wait-for.js';

/** On a busy machine a scrape may be missed and everything takes its time: the windows are longer here than in the files. */
const PATIENT = { '[3s]': '[5s]', 'steady: 10s': 'steady: 3s' };
const report = z.object({
  verdict: z.string(),
  reasons: z.array(z.string()),
  executions: z.array(z.object({ runbook: z.string(), outcome: z.string() })),
  slos: z.array(
    z.object({ name: z.string(), verdict: z.string(), readings: z.array(z.object({ at: z.iso.datetime() })) }),
  ),
  marks: z.record(z.string(), z.iso.datetime()),
});
const inForce = z.object({ fault: z.string().nullable() });

/** Shipped drills against the demonstration's real parts; `npm run demo -- --drill <name>` holds one of them as it is. */
describe('drills as they are shipped', () => {
  let loop: ClosedLoop;
  let folder: string;
  let browser: RigBrowser;
  beforeAll(async () => {
    folder = rigFolder('drills');
    [loop, browser] = await Promise.all([
      startClosedLoop({ via: 'alertmanager', rules: ['firebreak.yml'] }),
      RigBrowser.start(),
    ]);
  }, 90_000);
  afterAll(async () => {
    await Promise.all([loop.stop(), browser.stop()]);
    removeFolder(folder);
  }, 60_000);

  const hold = (name: string, changes: Readonly<Record<string, string>>): RunningDrill => {
    const file = shippedDrill(loop, folder, name, { ...PATIENT, ...changes });
    return startDrill([file, '--yes', '--report', join(folder, name)], drillEnv(loop));
  };
  const written = (name: string, ending: string): string => {
    const [file = ''] = readdirSync(join(folder, name)).filter((one) => one.endsWith(ending));
    return join(folder, name, file);
  };
  const reportOf = (name: string) => report.parse(JSON.parse(readFileSync(written(name, '.json'), 'utf8')));
  const faultAt = async (): Promise<string | null> =>
    inForce.parse(await (await fetch(`http://${loop.a.faults}/`)).json()).fault;
  const metrics = async (): Promise<string> => (await fetch(`${loop.firebreak.url}/metrics`)).text();

  it('A6: 500 ms of latency break an objective that is lower: exit code 1, with the reason and a metric', async () => {
    const { code, output } = await hold('slow-center', { 'for: 30s': 'for: 8s', "'< 0.8'": "'< 0.3'" }).left;
    expect(output).toContain('slow-center: BREACHED');
    expect(code).toBe(1);
    expect(reportOf('slow-center')).toMatchObject({ verdict: 'breached' });
    expect(await metrics()).toContain('firebreak_drill_passed{drill="slow-center"} 0');
    expect(await metrics()).toContain('firebreak_drill_slo_breached{drill="slow-center",slo="p99-seconds"} 1');
    expect(await faultAt()).toBeNull();
  }, 120_000);

  it('A6: a killed centre raises a real alert, cut-over-center answers, and everything is back in time: exit code 0', async () => {
    await waitFor('the service to be quick again', async () => (await p99()) < 0.3, 60_000, 200);
    const patient = { 'recovery: 12s': 'recovery: 20s', 'for: 30s': 'for: 24s', 'samples: 10': 'samples: 5' };
    const { code, output } = await hold('kill-a-center', patient).left;
    expect(output).toContain('kill-a-center: PASSED');
    expect(code).toBe(0);
    const told = reportOf('kill-a-center');
    expect(told.executions).toEqual([{ runbook: 'cut-over-center', outcome: 'succeeded' }]);
    expect(Object.keys(told.marks)).toEqual(['injectedAt', 'firstEffectAt', 'recoveredAt', 'takenBackAt']);
    expect(await metrics()).toContain('firebreak_drill_passed{drill="kill-a-center"} 1');
    expect(await metrics()).toContain('firebreak_drill_objective_seconds{drill="kill-a-center"} 20');
    expect(await loop.haproxy.tell('show servers state centers')).toMatch(/ b /);
  }, 180_000);

  it('A6: the breach raises an alert in a real Prometheus, and the drill that passed does not', async () => {
    const firing =
      'ALERTS{alertstate="firing",alertname=~"FirebreakDrillFailed|FirebreakDrillBreached",drill="slow-center"}';
    await waitFor('both alerts', async () => (await queryNow(loop.prometheus.url, firing)).length === 2, 60_000, 500);
    expect(await queryNow(loop.prometheus.url, firing.replace('slow-center', 'kill-a-center'))).toEqual([]);
  }, 90_000);

  it('A6: the report can be read on a phone and on a desktop, in light and in dark, without a complaint', async () => {
    for (const name of ['kill-a-center', 'slow-center'])
      for (const size of ['phone', 'desktop'] as const)
        for (const theme of THEMES) {
          const { page, context, complaints } = await browser.open({ size, theme });
          await page.goto(`file://${written(name, '.html')}`);
          await picture(page, `drill-${name}-${size}-${theme}`);
          expect(complaints).toEqual([]);
          expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
          expect(await page.locator('svg').count()).toBe(2);
          await context.close();
        }
  }, 60_000);

  it('A6: the report has no fault for people who see, hear or move otherwise', async () => {
    const { page, context } = await browser.open({});
    // axe runs as a script, which the page's own policy would refuse
    const text = readFileSync(written('slow-center', '.html'), 'utf8');
    await page.setContent(text.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ''));
    expect(await accessFaults(page)).toEqual([]);
    await context.close();
  }, 60_000);

  async function p99(): Promise<number> {
    const query = 'histogram_quantile(0.99, sum by (le) (rate(center_request_seconds_bucket[5s])))';
    const [value = NaN] = await queryNow(loop.prometheus.url, query);
    return value;
  }
});
