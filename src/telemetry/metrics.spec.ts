import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Gauges, ProbeFigures } from './gauges.js';
import { Metrics } from './metrics.js';

const gauges: Gauges = {
  openByPhase: async () =>
    new Map([
      ['held', 2],
      ['holding', 4],
    ]),
  oldestDueSeconds: async () => 0,
  canarySeconds: async () => undefined,
  queueJobs: async () => ({ waiting: 1 }),
  pausesByScope: async () => ['all', 'all'],
  storms: async () => 2,
  messages: async () => [],
  capped: async () => [{ runbook: 'evict', to: 'approve' }],
  runbooks: () => 3,
  centers: async () => [
    { center: 'a', inService: false },
    { center: 'b', inService: true, provenAt: 1_500 },
  ],
  probes: () => [],
  permitAgeSeconds: () => 0.2,
  configAgeSeconds: () => 0,
  children: () => [{ plugin: 'sms', up: false }],
};

function connected(change: Partial<Gauges> = {}): Metrics {
  const metrics = new Metrics();
  metrics.connect({ ...gauges, ...change }, { version: '1', plugins: [{ id: 'throttle', version: '2' }] });
  return metrics;
}

describe('the metrics', () => {
  it('are those that docs/operations.md explains', () => {
    const docs = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const explained = [...docs.matchAll(/^\| `(firebreak_\w+)`/gm)].map(([, name]) => name);
    const there = connected()
      .registry.getMetricsAsArray()
      .map(({ name }) => name);
    expect(new Set(there.filter((name) => name.startsWith('firebreak_')))).toEqual(new Set(explained));
  });

  it('show what the other parts say at each scrape', async () => {
    const text = await connected().registry.metrics();
    for (const line of [
      'executions_open{phase="held"} 2',
      'leases_open 4',
      'pauses_active{scope="all"} 2',
      'storms_active 2',
      'runbook_mode_capped{runbook="evict",to="approve"} 1',
      'runbooks_loaded 3',
      'center_in_service{center="a"} 0',
      'center_in_service{center="b"} 1',
      'center_proven_timestamp_seconds{center="b"} 1.5',
      'canary_seconds +Inf',
      'plugin_up{plugin="sms"} 0',
    ]) {
      expect(text).toContain(`firebreak_${line}`);
    }
  });

  it('show what standing probes say, and nothing of those that say nothing any more', async () => {
    const values = { health: 1, seconds_here: 0.012 };
    const healthy = { probe: 'health', center: 'a', last: { status: 'healthy', value: 1, values } } as const;
    const away = { probe: 'ready', last: { status: 'error' }, told: { at: 1_500 } } as const;
    let said: readonly ProbeFigures[] = [{ ...healthy, told: { at: 2_000 } }, away];
    const metrics = connected({ probes: () => said });
    const lines = async () =>
      (await metrics.registry.metrics()).split('\n').filter((line) => /^firebreak_probe_(?!seconds)/.test(line));
    expect(await lines()).toEqual([
      'firebreak_probe_status{probe="health",center="a",status="healthy"} 1',
      'firebreak_probe_status{probe="health",center="a",status="unhealthy"} 0',
      'firebreak_probe_status{probe="health",center="a",status="unknown"} 0',
      'firebreak_probe_status{probe="health",center="a",status="error"} 0',
      'firebreak_probe_status{probe="ready",center="",status="healthy"} 0',
      'firebreak_probe_status{probe="ready",center="",status="unhealthy"} 0',
      'firebreak_probe_status{probe="ready",center="",status="unknown"} 0',
      'firebreak_probe_status{probe="ready",center="",status="error"} 1',
      'firebreak_probe_value{probe="health",center="a",value="value"} 1',
      'firebreak_probe_value{probe="health",center="a",value="health"} 1',
      'firebreak_probe_value{probe="health",center="a",value="seconds_here"} 0.012',
      'firebreak_probe_last_answer_timestamp_seconds{probe="health",center="a"} 2',
      'firebreak_probe_last_answer_timestamp_seconds{probe="ready",center=""} 1.5',
    ]);
    said = [];
    expect(await lines()).toEqual([]);
  });

  it('I15: name no more than twenty numbers of one answer', async () => {
    const values = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`n${i}`, i]));
    const text = await connected({
      probes: () => [{ probe: 'p', last: { status: 'healthy', values } }],
    }).registry.metrics();
    expect(text.match(/^firebreak_probe_value\{/gm)).toHaveLength(20);
  });

  it('can be scraped while the store is away', async () => {
    const away = (): Promise<never> => Promise.reject(new Error('Redis is away'));
    const text = await connected({
      openByPhase: away,
      oldestDueSeconds: away,
      queueJobs: away,
      pausesByScope: away,
      storms: away,
      capped: away,
    }).registry.metrics();
    expect(text).toContain('firebreak_runbooks_loaded 3');
  });

  it('I15: name no more than a hundred scopes and runbooks, whatever happens', async () => {
    const many = Array.from({ length: 1_000 }, (_, i) => `target:${i}`);
    const text = await connected({
      pausesByScope: async () => many,
      capped: async () => many.map((runbook) => ({ runbook, to: 'observe' })),
    }).registry.metrics();
    expect(text.match(/^firebreak_pauses_active\{/gm)).toHaveLength(101);
    expect(text).toContain('firebreak_pauses_active{scope="others"} 900');
    expect(text.match(/^firebreak_runbook_mode_capped\{/gm)).toHaveLength(100);
  });
});
