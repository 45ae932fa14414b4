import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Metrics, type Gauges } from './metrics.js';

const gauges: Gauges = {
  openByPhase: async () => new Map([['held', 2]]),
  oldestDueSeconds: async () => 0,
  canarySeconds: async () => undefined,
  queueJobs: async () => ({ waiting: 1 }),
  pausesByScope: async () => ['all', 'all'],
  runbooks: () => 3,
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
      'pauses_active{scope="all"} 2',
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
    }).registry.metrics();
    expect(text).toContain('firebreak_runbooks_loaded 3');
  });
});
