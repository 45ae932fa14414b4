import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { installed } from '../rig/installed.js';
import { queryNow } from '../rig/prometheus-query.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { writeInto } from '../rig/project.js';
import { startQuickPrometheus, type QuickPrometheus } from '../rig/quick-prometheus.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { NO_GOVERNOR, startService, type RigService } from '../rig/service.js';
import { waitFor } from '../rig/wait-for.js';
import { BusyHistory, PROMETHEUS_ACCEPTS, RUNBOOKS, type Answered } from './metrics-kit.js';

const exemplars = z.object({
  data: z.array(z.object({ exemplars: z.array(z.object({ labels: z.record(z.string(), z.string()) })) })),
});

describe('the metrics of a service that has much to do', { timeout: 60_000 }, () => {
  let folder: string;
  let service: RigService;
  let prometheus: QuickPrometheus;
  let history: BusyHistory;
  const opened: Record<string, Answered> = {};
  let brokenAt = 0;

  beforeAll(async () => {
    folder = rigFolder('metrics');
    for (const [name, text] of Object.entries(RUNBOOKS)) writeInto(folder, name, text);
    service = await startService({ runbooks: {}, settings: NO_GOVERNOR, env: { FIREBREAK_RUNBOOKS: folder } });
    history = new BusyHistory(service.url);
    prometheus = await startQuickPrometheus([new URL(service.url).host], {
      every: '1s',
      arguments: ['--enable-feature=exemplar-storage'],
    });
    for (const name of ['quick', 'asks', 'leased', 'in-vain']) opened[name] = await history.fire(name, name);
    const rejected = await history.fire('asks', 'rejected');
    await history.until(idOf('quick'), 'closed');
    await history.until(idOf('in-vain'), 'closed');
    await history.until(idOf('leased'), 'holding');
    await history.until(idOf('asks'), 'awaiting-approval');
    await history.until(rejected.executionId, 'awaiting-approval');
    expect(await history.post(`/api/v1/executions/${rejected.executionId}/reject`, { reason: 'no' })).toBe(200);
    await history.fire('nobody-answers-this', 'x');
    expect(await history.post('/api/v1/alert/trigger', '{')).toBe(400);
    expect(await history.post('/no/such/address')).toBe(404);
    expect(await history.post('/api/v1/pauses', { scope: 'runbook:none', reason: 'to be seen' })).toBe(201);
    brokenAt = Date.now();
    writeFileSync(join(folder, 'quick.yaml'), 'this is no runbook');
    expect(await history.post('/-/reload')).toBe(409);
  }, 90_000);
  afterAll(async () => {
    await prometheus?.stop();
    await service?.stop();
    removeFolder(folder);
  });

  const idOf = (name: string): string => opened[name]?.executionId ?? '';

  it('are such that `promtool check metrics` finds nothing to say', async () => {
    const { text } = await history.metrics();
    const { status, stdout, stderr } = spawnSync(installed('promtool'), ['check', 'metrics'], {
      input: text,
      encoding: 'utf8',
    });
    expect(stdout + stderr).toBe('');
    expect(status).toBe(0);
  });

  it('are the same in both formats, in whatever order these are asked for', async () => {
    // which series there are may change from one scrape to the next, which metrics there are may not
    const families = (text: string): string[] =>
      [...text.matchAll(/^# TYPE (\S+?)(?:_total)? (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);
    const rounds = [await history.metrics(), await history.metrics(PROMETHEUS_ACCEPTS), await history.metrics()];
    rounds.push(await history.metrics(PROMETHEUS_ACCEPTS), await history.metrics('text/plain'));
    expect(rounds.map(({ type }) => type.split(';')[0])).toEqual([
      'text/plain',
      'application/openmetrics-text',
      'text/plain',
      'application/openmetrics-text',
      'text/plain',
    ]);
    for (const { text } of rounds) {
      expect(families(text)).toEqual(families(rounds[0]?.text ?? ''));
      for (const name of ['decisions', 'executions', 'config_loads', 'requests_refused', 'alert_fates'])
        expect(text).toMatch(new RegExp(`^firebreak_${name}_total\\{`, 'm'));
      expect(text).toMatch(/^process_cpu_seconds_total \S+$/m);
      expect(text).toMatch(/^firebreak_alerts_received_total\{source="alertmanager",status="firing"\} 6$/m);
      expect(text).not.toContain('_total_total');
    }
    const [plain, open] = rounds;
    expect(plain?.text).not.toContain('trace_id');
    expect(plain?.text).not.toContain('# EOF');
    expect(open?.text).toContain('# TYPE firebreak_alerts_received counter');
    expect(open?.text).toMatch(/# EOF\n$/);
  });

  it('B1: say since when the runbooks are refused, and not how long the service has been at work', async () => {
    const { text } = await history.metrics();
    const stale = Number(/^firebreak_config_stale_seconds (\S+)$/m.exec(text)?.[1]);
    expect(stale).toBeGreaterThan(0);
    // the clocks of Redis and of this test may differ a little
    expect(stale).toBeLessThan((Date.now() - brokenAt) / 1000 + 0.5);
  });

  it('I15: have no more series than are usual, and far fewer than there can be', async () => {
    const lines = (await history.metrics()).text.match(/^firebreak_.*$/gm) ?? [];
    expect(lines.length).toBeGreaterThan(200);
    expect(lines.length).toBeLessThan(3_000);
  });

  it('are scraped by a real Prometheus with exemplars that lead to the trace of the right execution', async () => {
    const query = 'firebreak_recovery_seconds_bucket{runbook="quick",stage="verified"}';
    const asked = new URLSearchParams({
      query,
      start: String(Date.now() / 1000 - 600),
      end: String(Date.now() / 1000 + 600),
    });
    let found: Record<string, string>[] = [];
    const look = async (): Promise<boolean> => {
      const response = await fetch(`${prometheus.url}/api/v1/query_exemplars?${asked}`);
      found = exemplars.parse(await response.json()).data.flatMap((one) => one.exemplars.map(({ labels }) => labels));
      return found.length > 0;
    };
    await waitFor('an exemplar in Prometheus', look, 30_000);
    expect(found).toEqual([{ trace_id: opened['quick']?.traceId, execution_id: idOf('quick') }]);
  });

  it('name what people can do something about, as Prometheus has it', async () => {
    const becomes = (query: string, values: readonly number[]): Promise<unknown> =>
      waitFor(query, async () => (await queryNow(prometheus.url, query)).join() === values.join(), 30_000);
    await becomes('count(firebreak_pending_approval_info)', [2]);
    await becomes(
      `firebreak_pending_approval_info{execution_id="${idOf('asks')}",alertname="asks",severity="critical"}`,
      [1],
    );
    await becomes(
      `firebreak_execution_running{execution_id="${idOf('leased')}",phase="holding",target="lamp/leased"}`,
      [1],
    );
    await becomes(`firebreak_execution_running{execution_id="${idOf('quick')}"}`, []);
    await becomes('count(firebreak_rollback_available_info)', [2]);
    await becomes(`firebreak_rollback_available_info{execution_id=~"${idOf('quick')}|${idOf('leased')}"}`, [1, 1]);
    await becomes('sum(firebreak_info_series_dropped_total)', [0]);
    await becomes('firebreak_recovery_objective_seconds', [12]);
    await becomes('firebreak_recovery_point_objective_seconds', [0]);
    await becomes('firebreak_runbook_info{runbook="quick",mode="auto",owner="team-a"}', [1]);
    await becomes('firebreak_center_link_seconds{from="a",to="b"}', [0.0032]);
    await becomes('firebreak_config_fallback_seconds_count > bool 0', [1]);
    await becomes(
      'firebreak_http_request_seconds_count{route="/api/v1/executions/:id/reject",method="POST",code="200"}',
      [1],
    );
    await becomes('firebreak_http_request_seconds_count{route="none",method="POST",code="404"}', [1]);
  });
});

describe('the metrics of a service whose Redis is gone', { timeout: 60_000 }, () => {
  let redis: RigRedis;
  let service: RigService;
  beforeAll(async () => {
    redis = await startRedis();
    service = await startService({ runbooks: RUNBOOKS, env: { FIREBREAK_REDIS_URL: redis.url } });
  });
  afterAll(async () => {
    await service?.stop();
    await redis?.stop();
  });

  it('are there all the same, but for what only Redis knows: it is left out, and nothing is made up', async () => {
    const history = new BusyHistory(service.url);
    const waiting = await history.fire('asks', 'a');
    await history.until(waiting.executionId, 'awaiting-approval');
    expect((await history.metrics()).text).toContain(
      `firebreak_pending_approval_info{execution_id="${waiting.executionId}"`,
    );
    await redis.kill();
    const { text } = await history.metrics(PROMETHEUS_ACCEPTS);
    expect(text).toMatch(/# EOF\n$/);
    expect(text).toMatch(/^firebreak_runbooks_loaded 4$/m);
    for (const name of [
      'pending_approval_info',
      'execution_running',
      'executions_open',
      'oldest_due_seconds',
      'queue_jobs',
    ])
      expect(text).not.toMatch(new RegExp(`^firebreak_${name}[{ ]`, 'm'));
  });
});
