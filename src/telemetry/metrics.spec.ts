import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { anAlert, anExecution } from '../testing/examples.js';
import { connectedMetrics as connected } from '../testing/metrics-examples.js';
import type { ProbeFigures } from './gauge-sources.js';

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
    const text = await connected().written('text');
    for (const line of [
      'executions_open{phase="held"} 2',
      'leases_open 4',
      'pauses_active{scope="all"} 2',
      'storms_active 2',
      'runbook_mode_capped{runbook="evict",to="approve"} 1',
      'runbooks_loaded 3',
      'center_in_service{center="a"} 0',
      'center_in_service{center="b"} 1',
      'center_carries{center="a"} 0',
      'center_carries{center="b"} 1',
      'center_service_info{service="shop",center="a",home="yes"} 1',
      'center_service_info{service="shop",center="b",home="no"} 1',
      'center_baseline{center="b",baseline="p99Ms"} 112',
      'center_proven_timestamp_seconds{center="b"} 1.5',
      'canary_seconds +Inf',
      'plugin_up{plugin="sms"} 0',
      'drill_passed{drill="kill-a-center"} 0',
      'drill_passed{drill="lost"} 1',
      'drill_last_timestamp_seconds{drill="kill-a-center"} 2.5',
      'drill_recovery_seconds{drill="kill-a-center"} 7',
      'drill_objective_seconds{drill="kill-a-center"} 12',
      'drill_slo_breached{drill="kill-a-center",slo="errors"} 1',
      'drill_slo_breached{drill="kill-a-center",slo="latency"} 0',
    ]) {
      expect(text).toContain(`firebreak_${line}`);
    }
  });

  it('show the runbooks, what is wanted of them and what was reached, and the topology', async () => {
    const lines = (await connected().written('text')).split('\n');
    const of = (name: string) => lines.filter((line) => line.startsWith(`firebreak_${name}{`));
    expect(of('runbook_info')).toEqual([
      'firebreak_runbook_info{runbook="evict",mode="auto",owner="team-config"} 1',
      'firebreak_runbook_info{runbook="move",mode="approve",owner="team-traffic"} 1',
      'firebreak_runbook_info{runbook="blind",mode="observe",owner="team-traffic"} 1',
    ]);
    expect(of('recovery_objective_seconds')).toEqual([
      'firebreak_recovery_objective_seconds{runbook="move"} 12',
      'firebreak_recovery_objective_seconds{runbook="blind"} 22',
    ]);
    expect(of('recovery_point_objective_seconds')).toEqual([
      'firebreak_recovery_point_objective_seconds{runbook="move"} 0',
    ]);
    expect(of('recovery_point_seconds')).toEqual([
      'firebreak_recovery_point_seconds{runbook="move"} 0',
      'firebreak_recovery_point_seconds{runbook="blind"} +Inf',
    ]);
    expect(of('center_info')).toEqual([
      'firebreak_center_info{center="a",region="north",vendor="vendor-1",role="serving"} 1',
    ]);
    expect(of('center_link_seconds')).toEqual(['firebreak_center_link_seconds{from="a",to="b"} 0.0032']);
    expect(of('console_info')).toEqual(['firebreak_console_info{url="https://firebreak.example.org"} 1']);
  });

  it('say nothing of a runbook that is gone, though the store remembers what it may have lost', async () => {
    const metrics = connected({ recoveryPoints: async () => new Map(Object.entries({ gone: 60, move: 0 })) });
    const text = await metrics.written('text');
    expect(text.match(/^firebreak_recovery_point_seconds\{.*$/gm)).toEqual([
      'firebreak_recovery_point_seconds{runbook="move"} 0',
    ]);
  });

  it('name the executions that somebody may want to see, and count those that are not named', async () => {
    const alert = anAlert({ labels: { alertname: 'CenterDown', severity: 'critical', secret: 'of the sender' } });
    const one = { execution_id: 'e1', alertname: 'CenterDown', severity: 'critical', fingerprint: alert.fingerprint };
    const many = Array.from({ length: 150 }, (_, i) => anExecution({ id: `e${i}`, target: 't'.repeat(1_000), alert }));
    const manual = anExecution({ id: 'by-hand' });
    const metrics = connected({
      present: async () => ({
        awaitingApproval: { items: many, total: 10_000 },
        running: { items: [anExecution({ id: 'e1', alert })], total: 1 },
        revertible: { items: [manual], total: 1 },
      }),
    });
    await metrics.written('text');
    const lines = (await metrics.written('text')).split('\n');
    const of = (name: string) => lines.filter((line) => line.startsWith(`firebreak_${name}{`));
    expect(of('pending_approval_info')).toHaveLength(100);
    expect(of('pending_approval_info')[0]).toContain(`,target="${'t'.repeat(125)}...",`);
    const [running = ''] = of('execution_running');
    for (const [label, value] of Object.entries({ ...one, phase: 'planning' }))
      expect(running).toContain(`${label}="${value}"`);
    expect(of('rollback_available_info').join()).toContain('alertname="",severity="",fingerprint=""');
    expect(of('info_series_dropped_total')).toContain(
      'firebreak_info_series_dropped_total{metric="firebreak_pending_approval_info"} 9900',
    );
    expect(of('info_series_dropped_total')).toContain(
      'firebreak_info_series_dropped_total{metric="firebreak_execution_running"} 0',
    );
    expect(lines.join()).not.toContain('of the sender');
  });

  it('show what standing probes say, and nothing of those that say nothing any more', async () => {
    const values = { health: 1, seconds_here: 0.012 };
    const healthy = { probe: 'health', center: 'a', last: { status: 'healthy', value: 1, values } } as const;
    const away = { probe: 'ready', last: { status: 'error' }, told: { at: 1_500 } } as const;
    let said: readonly ProbeFigures[] = [{ ...healthy, told: { at: 2_000 } }, away];
    const metrics = connected({ probes: () => said });
    const lines = async () =>
      (await metrics.written('text')).split('\n').filter((line) => /^firebreak_probe_(?!seconds)/.test(line));
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
});
