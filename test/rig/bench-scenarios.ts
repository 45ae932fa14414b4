/** The only runbook of a benchmark: it waits for a person, so that the webhook alone is measured. */
export const BENCH_RUNBOOK = `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: bench, title: Answer the alerts of the benchmark, owner: team-bench }
spec:
  match: ['alertname="InstanceDown"']
  target: 'instance/{{labels.instance}}'
  mode: approve
  guards: { cooldown: 0s, maxAlertAge: 30d, storm: off, recurrence: off }
  serving: { out: '{{labels.center}}' }
  steps: [{ name: cut, uses: cut-over-center/haproxy, with: { backend: '{{labels.job}}', servers: [{ server: '{{labels.center}}', state: drain }] } }]
`;

/** What a benchmark of webhooks sends. */
export interface BenchScenario {
  readonly name: string;
  readonly alertname: string;
  /** Every alert is new: none is sent twice. */
  readonly isNew: boolean;
}

/** How many alerts are sent again and again, where none of them is new. */
export const BENCH_POOL = 2_000;

/**
 * What a storm consists of: alerts that somebody has answered already, and alerts that nobody has a runbook for. The
 * third is what a webhook costs that opens an execution for each of its alerts, which the bare limit has no match for.
 */
export const BENCH_SCENARIOS: readonly BenchScenario[] = [
  { name: 'repeats of answered alerts', alertname: 'InstanceDown', isNew: false },
  { name: 'alerts without a runbook', alertname: 'Unknown', isNew: false },
  { name: 'new alerts, each opens an execution', alertname: 'InstanceDown', isNew: true },
];
