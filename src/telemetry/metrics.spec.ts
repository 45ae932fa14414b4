import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Metrics, type Gauges } from './metrics.js';

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
  capped: async () => [{ runbook: 'evict', to: 'approve' }],
  runbooks: () => 3,
  permitAgeSeconds: () => 0.2,
  configAgeSeconds: () => 0,
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
      'canary_seconds +Inf',
    ]) {
      expect(text).toContain(`firebreak_${line}`);
    }
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
