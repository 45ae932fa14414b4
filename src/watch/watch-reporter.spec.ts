import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Reading } from '../plugin-host/host.js';
import { Metrics } from '../telemetry/metrics.js';
import { FakeClock } from '../testing/fake-clock.js';
import { WatchReporter } from './watch-reporter.js';

let clock: FakeClock;
let lines: string[];
let reporter: WatchReporter;
let metrics: Metrics;

beforeEach(() => {
  [clock, lines, metrics] = [new FakeClock(), [], new Metrics()];
  const options = {
    base: null,
    timestamp: false,
    messageKey: 'message',
    formatters: { level: (level: string) => ({ level }) },
  };
  const log = pino(options, { write: (line: string) => void lines.push(line.trim()) });
  reporter = new WatchReporter(metrics, log, clock);
});

async function said(...statuses: readonly Reading['status'][]): Promise<void> {
  for (const status of statuses) {
    const last = { at: clock.now(), status, detail: 'why' };
    reporter.answered({ probe: 'health', asks: 'plugin/health', center: 'a', everyMs: 500, last }, 0.01);
    await clock.pass(500);
  }
}

describe('the log', () => {
  it('has a line when a standing probe says something else than before, and none as long as all is well', async () => {
    await said('healthy', 'healthy', 'unhealthy', 'unhealthy');
    await clock.pass(10_000);
    await said('unhealthy', 'healthy', 'healthy');
    const about = { probe: 'health', center: 'a' };
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      { level: 'warn', ...about, status: 'unhealthy', detail: 'why', message: 'standing probe: unhealthy' },
      { level: 'info', ...about, status: 'healthy', detail: 'why', message: 'standing probe: healthy, was unhealthy' },
    ]);
  });

  it('I15: has one line in ten seconds at most for a probe that changes its mind all the time', async () => {
    for (let i = 0; i < 60; i++) await said('healthy', 'unknown');
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.length).toBeLessThanOrEqual(6);
  });
});

it('the metrics have how long each answer took', async () => {
  await said('healthy', 'error');
  expect(await metrics.registry.metrics()).toContain('firebreak_probe_seconds_count{probe="health"} 2');
});
