import type { Gauges } from '../telemetry/gauge-sources.js';
import { Metrics } from '../telemetry/metrics.js';

const NONE = { items: [], total: 0 };

/** What the other parts of a small Firebreak say when somebody scrapes. */
export const GAUGES: Gauges = {
  openByPhase: async () =>
    new Map([
      ['held', 2],
      ['holding', 4],
    ]),
  present: async () => ({ awaitingApproval: NONE, running: NONE, revertible: NONE }),
  oldestDueSeconds: async () => 0,
  canarySeconds: async () => undefined,
  queueJobs: async () => ({ waiting: 1 }),
  pausesByScope: async () => ['all', 'all'],
  storms: async () => 2,
  messages: async () => [],
  capped: async () => [{ runbook: 'evict', to: 'approve' }],
  recoveryPoints: async () =>
    new Map([
      ['move', 0],
      ['blind', Infinity],
    ]),
  runbooks: () => [
    { runbook: 'evict', mode: 'auto', owner: 'team-config' },
    { runbook: 'move', mode: 'approve', owner: 'team-traffic', objective: { recoveryMs: 12_000, dataLossMs: 0 } },
    { runbook: 'blind', mode: 'observe', owner: 'team-traffic', objective: { recoveryMs: 22_000 } },
  ],
  topology: () => ({
    centers: [{ center: 'a', region: 'north', vendor: 'vendor-1', role: 'serving' }],
    links: [{ between: ['a', 'b'], latencyMs: 3.2 }],
    services: [
      { service: 'shop', center: 'a', isHome: true },
      { service: 'shop', center: 'b', isHome: false },
    ],
    baselines: [{ center: 'b', baseline: 'p99Ms', value: 112 }],
  }),
  centers: async () => [
    { center: 'a', inService: false, carries: false },
    { center: 'b', inService: true, carries: true, provenAt: 1_500 },
  ],
  drills: async () => [
    {
      drill: 'kill-a-center',
      target: 'traffic/shop',
      startedAt: 2_500,
      endedAt: 60_000,
      passed: false,
      detail: 'errors',
      recoveryMs: 7_000,
      objectiveMs: 12_000,
      slos: [
        { name: 'errors', breached: true },
        { name: 'latency', breached: false },
      ],
      executions: [],
    },
    {
      drill: 'lost',
      target: 't',
      startedAt: 1_000,
      endedAt: 2_000,
      passed: true,
      detail: 'ok',
      slos: [],
      executions: [],
    },
  ],
  probes: () => [],
  permitAgeSeconds: () => 0.2,
  configAgeSeconds: () => 0,
  children: () => [{ plugin: 'sms', up: false }],
};

/** Gives metrics that are connected with pretend parts. */
export function connectedMetrics(change: Partial<Gauges> = {}): Metrics {
  const metrics = new Metrics();
  metrics.connect(
    { ...GAUGES, ...change },
    {
      version: '1',
      plugins: [{ id: 'throttle', version: '2' }],
      publicUrl: 'https://firebreak.example.org',
    },
  );
  return metrics;
}
