/** What can be read here, with what it says about it. */
export const READABLE = {
  firebreak_execution: {
    help: 'Every execution as it stood then; the value is when it was opened, in milliseconds since the epoch.',
    labels: [
      'execution_id',
      'runbook',
      'target',
      'phase',
      'outcome',
      'trigger',
      'mode',
      'alertname',
      'severity',
      'fingerprint',
      'requested_by',
    ],
  },
  firebreak_execution_running: {
    help: '1 for every execution that was not closed then.',
    labels: ['execution_id', 'runbook', 'target', 'phase', 'alertname', 'severity', 'fingerprint'],
  },
  firebreak_pending_approval_info: {
    help: '1 for every execution that waited then until people agree; the digest is that of the plan.',
    labels: ['execution_id', 'runbook', 'target', 'alertname', 'severity', 'fingerprint', 'digest'],
  },
  firebreak_rollback_available_info: {
    help: '1 for every execution that had something in force then which a person could have taken back.',
    labels: ['execution_id', 'runbook', 'target', 'alertname', 'severity', 'fingerprint'],
  },
  firebreak_decision: {
    help: 'Every decision up to then; the value is when it was made, in milliseconds since the epoch.',
    labels: [
      'fingerprint',
      'alertname',
      'runbook',
      'decision',
      'because',
      'execution_id',
      'detail',
      'status',
      'source',
      'receipt_id',
      'n',
    ],
  },
  firebreak_journal_event: {
    help: 'Everything that had happened to executions up to then; the value is when, in milliseconds since the epoch.',
    labels: [
      'execution_id',
      'n',
      'event',
      'phase',
      'outcome',
      'by',
      'step',
      'detail',
      'runbook',
      'target',
      'alertname',
    ],
  },
} as const satisfies Record<string, { readonly help: string; readonly labels: readonly string[] }>;

/** Name of something that can be read. */
export type Metric = keyof typeof READABLE;

/** All names. */
export const METRICS = [
  'firebreak_execution',
  'firebreak_execution_running',
  'firebreak_pending_approval_info',
  'firebreak_rollback_available_info',
  'firebreak_decision',
  'firebreak_journal_event',
] as const satisfies readonly Metric[];

/** Labels of one thing. */
export function labelsOf(metric: Metric): readonly string[] {
  return READABLE[metric].labels;
}
