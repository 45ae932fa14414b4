import { afterAll, beforeAll, expect, it } from 'vitest';
import { Metrics } from '../../src/telemetry/metrics.js';
import { anAlert, anExecution } from '../../src/testing/examples.js';
import { GAUGES } from '../../src/testing/metrics-examples.js';
import { startApi, type ApiApp } from './api-app.js';

let api: ApiApp;
beforeAll(async () => (api = await startApi({ access: { rateLimit: { perMinute: 1_000_000 } } })));
afterAll(() => api.close());

const series = async (): Promise<string[]> =>
  (await api.send('GET', '/metrics')).text.split('\n').filter((line) => line.startsWith('firebreak_'));

it(
  'S10: 100,000 values of labels, and as many addresses and people as come, make no series',
  { timeout: 120_000 },
  async () => {
    const one = (i: number) => {
      const names = ['alertname', 'severity', 'instance', 'runbook', 'cluster'] as const;
      const labels = Object.fromEntries(names.map((name) => [name, `planted-${name}-${i}`]));
      return { status: 'firing', labels, startsAt: new Date(api.clock.now() - 1_000).toISOString() };
    };
    const round = async (from: number, count: number): Promise<void> => {
      const alerts = Array.from({ length: count }, (_, i) => one(from + i));
      const { status } = await api.send('POST', '/api/v1/alert/trigger', 'source', { version: '4', alerts });
      expect(status).toBe(202);
      for (let i = from; i < from + 20; i++) {
        await api.send('GET', `/planted-${i}`, 'viewer');
        await api.send('GET', `/api/v1/executions/planted-${i}`, 'viewer');
        await api.send('GET', '/api/v1/executions', undefined, undefined, { authorization: `Bearer planted-${i}` });
        await api.send('POST', `/planted-${i}`, 'viewer', '{');
        await api.send('PUT', '/metrics', undefined, undefined, {
          accept: `planted-${i}`,
          'x-request-id': `planted-${i}`,
        });
      }
    };
    await round(0, 1_000);
    await series(); // to be asked for the metrics is counted, too
    const before = await series();
    for (let i = 1; i < 20; i++) await round(i * 1_000, 1_000);
    const after = await series();
    const namesOf = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/ \S+$/, '')).toSorted();
    expect(namesOf(after)).toEqual(namesOf(before));
    expect(after.filter((line) => line.includes('planted'))).toEqual([]);
  },
);

/** Somebody who has everything say something else each time. */
function plant(metrics: Metrics, i: number): void {
  const name = (what: string): string => `planted-${what}-${i}`;
  const alert = anAlert();
  const runbook = name('runbook');
  const timeline = { startsAt: 0, receivedAt: 1, openedAt: 2, firstEffectAt: 3, appliedAt: 4, verifiedAt: 5 };
  const state = { phase: 'closed', outcome: 'succeeded', detail: '', plan: [] } as const;
  const execution = anExecution({ runbook, state, timeline, closedAt: 6 });
  const receipt = { receiptId: 'r', source: name('source'), alert, openings: [], refusals: [] };
  const decision = {
    at: 0,
    receiptId: 'r',
    source: '',
    fingerprint: 'f',
    alertname: 'a',
    status: 'firing',
    startsAt: 0,
  };
  metrics.received([receipt], [[{ ...decision, status: 'firing', runbook, decision: 'opened' }]]);
  metrics.requestRefused('malformed-body', '/api/v1/alert/trigger');
  metrics.requestRefused('forbidden', name('route'));
  metrics.requestAnswered({ method: name('method'), route: name('route'), code: i }, 0.1, { trace_id: name('trace') });
  metrics.tokenUsed(name('token'), i);
  metrics.messageSent(name('notifier'), 'held', 'again');
  metrics.pluginCall({ plugin: name('plugin'), part: name('part'), verb: 'apply' }, 'ok', 1);
  metrics.pluginRestarted(name('plugin'), 'hung');
  metrics.probeAnswered(name('probe'), 1);
  metrics.decided(execution, 'approved', 1);
  metrics.trustLost(runbook, 'harmful');
  metrics.escalated(
    { type: 'escalated', executionId: 'x' },
    { ...execution, escalation: { is: 'opened', runbook: name('next'), executionId: 'x' } },
  );
  metrics.closed(execution);
}

it('S10, I15: 100,000 values in everything that a metric can name make no more series than are allowed', async () => {
  const metrics = new Metrics();
  const many = Array.from({ length: 10_000 }, (_, i) => `planted-${i}-${'x'.repeat(500)}`);
  const executions = many.map((id) => anExecution({ id, runbook: id, target: id }));
  const some = { items: executions, total: 50_000 };
  const few = Object.fromEntries(many.slice(0, 50).map((name, i) => [name, i]));
  const numbers = Object.fromEntries(many.map((name, i) => [name, i]));
  metrics.connect(
    {
      ...GAUGES,
      present: async () => ({ awaitingApproval: some, running: some, revertible: some }),
      queueJobs: async () => numbers,
      pausesByScope: async () => many,
      messages: async () => many.map((notifier) => ({ notifier, count: 1, oldestSeconds: 1 })),
      capped: async () => many.map((runbook) => ({ runbook, to: 'observe' })),
      recoveryPoints: async () => new Map(Object.entries(numbers)),
      runbooks: () => many.map((runbook) => ({ runbook, mode: 'auto', owner: runbook, objective: { recoveryMs: 1 } })),
      centers: async () => many.map((center) => ({ center, inService: true, carries: true, provenAt: 1 })),
      probes: () =>
        many
          .slice(0, 200)
          .map((probe) => ({ probe, center: probe, last: { status: 'healthy', values: few }, told: { at: 1 } })),
      children: () => many.map((plugin) => ({ plugin, up: true })),
    },
    { version: '1', plugins: many.map((id) => ({ id, version: id })), publicUrl: 'https://firebreak.example.org' },
  );
  for (let i = 0; i < 10_000; i++) plant(metrics, i);
  const text = await metrics.written('openmetrics');
  const lines = text.split('\n').filter((line) => line.startsWith('firebreak_'));
  expect(lines.length).toBeGreaterThan(10_000);
  expect(lines.length).toBeLessThanOrEqual(metrics.mostSeries);
  const of = (name: string): string[] => lines.filter((line) => line.startsWith(`firebreak_${name}{`));
  // runbooks and those that come after them share the hundred
  expect(of('executions_total')).toHaveLength(51);
  expect(of('executions_total').at(-1)).toMatch(/^firebreak_executions_total\{runbook="others",.* 9950$/);
  expect(of('http_request_seconds_count')).toContainEqual(
    expect.stringMatching(/\{method="others",route="others",code="others"\} \d+$/),
  );
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(1_200);
  expect(lines.filter((line) => line.includes('x'.repeat(129)))).toEqual([]);
});
