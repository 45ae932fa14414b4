import type { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import type { Row } from '../../kit/board.js';
import { listOf } from '../../kit/columns.js';
import { behind, boardLink, consoleLink, type Link } from '../../kit/links.js';
import { between, nothing } from '../../kit/mappings.js';
import { bars, limited, series, stat, thresholds } from '../../kit/panels.js';
import { countOver, gravestFirst, now, over, rows } from '../../kit/queries.js';
import { SEVERITIES } from '../../kit/words.js';

interface Figure {
  readonly title: string;
  readonly description: string;
  readonly expr: string;
  readonly unit?: string;
  readonly limits?: readonly { readonly from: number; readonly color: string }[];
  readonly links?: readonly Link[];
}

const EXECUTIONS = boardLink('All of them, with buttons', 'firebreak-executions');

/** One large figure; eight fill a line. */
function figure({ title, description, expr, unit = 'short', limits = [], links = [EXECUTIONS] }: Figure): StatPanel {
  return stat({
    title,
    description,
    unit,
    width: 3,
    height: 4,
    empty: 'unknown: no Firebreak answers, or its store is away',
  })
    .thresholds(thresholds(...limits))
    .dataLinks(behind(...links))
    .withTarget(now(expr, title));
}

const inPhases = (phases: string): string =>
  `sum(max by (phase) (firebreak_executions_open{job="$job",phase=~"${phases}"}))`;

const FIGURES: readonly Figure[] = [
  {
    title: 'Waiting for people',
    description: 'Plans that nobody has agreed to yet. Each one ends by itself when its time to be approved is over.',
    expr: inPhases('awaiting-approval'),
    limits: [{ from: 1, color: 'orange' }],
  },
  {
    title: 'Held',
    description:
      'Nobody knows whether what was begun took. A person must look and say retry, roll back or accept; the target stays locked until then.',
    expr: inPhases('held'),
    limits: [{ from: 1, color: 'red' }],
  },
  {
    title: 'At work',
    description: 'Executions that are being planned, applied, verified or taken back at this moment.',
    expr: inPhases('planning|applying|verifying|reverting'),
    limits: [{ from: 1, color: 'blue' }],
  },
  {
    title: 'In force for a time',
    description: 'Changes under a lease: they are taken back when it ends, or when the alert stays clear.',
    expr: inPhases('holding'),
    limits: [{ from: 1, color: 'blue' }],
  },
  {
    title: 'Storms',
    description:
      'Runbooks that have stopped to repair one target after the other because too many are in trouble at once. Look for what they have in common.',
    expr: 'max(firebreak_storms_active{job="$job"})',
    limits: [{ from: 1, color: 'red' }],
    links: [consoleLink('Storms in the console', '/pauses')],
  },
  {
    title: 'Pauses',
    description:
      'Kill switches that are pulled, also those of targets that Firebreak has frozen itself. While one holds nothing is begun in its scope.',
    // none is no series: the store says that it was asked by what else it knows
    expr: 'sum(max by (scope) (firebreak_pauses_active{job="$job"})) or 0 * max(firebreak_storms_active{job="$job"})',
    limits: [{ from: 1, color: 'orange' }],
    links: [consoleLink('Pauses in the console', '/pauses')],
  },
  {
    title: 'Oldest due',
    description:
      'How late the latest wake-up is. Above 5 s something stands still: no worker, or a worker that is stuck.',
    expr: 'max(firebreak_oldest_due_seconds{job="$job"})',
    unit: 's',
    limits: [
      { from: 2, color: 'orange' },
      { from: 5, color: 'red' },
    ],
    links: [consoleLink('How the loop is, in the console', '/')],
  },
  {
    title: 'Canary',
    description:
      'Age of the last canary that came through the queue and a worker. Above 30 s no worker lives, whatever else looks well.',
    expr: 'max(firebreak_canary_seconds{job="$job"})',
    unit: 's',
    limits: [
      { from: 15, color: 'orange' },
      { from: 30, color: 'red' },
    ],
    links: [consoleLink('How the loop is, in the console', '/')],
  },
];

/** The loop from left to right: what comes in, what is decided, what is done, how it ends. */
export const glance: Row = {
  title: 'At a glance',
  panels: [
    ...FIGURES.map((one) => figure(one).mappings([nothing(['unknown', 'red']), between(1e9, null, ['never', 'red'])])),
    bars({
      title: 'Alerts that come in',
      description: 'Alerts that were taken in and kept, by where they come from and whether they fire or have ended.',
      unit: 'short',
      width: 6,
      height: 8,
      empty: 'no alert came in',
    }).withTarget(
      over(
        `sum by (source, status) (${countOver('firebreak_alerts_received_total{job="$job"}')})`,
        '{{source}} {{status}}',
      ),
    ),
    bars({
      title: 'What is decided about them',
      description:
        'Decisions. "suppressed" is a no, with its reason; the board "Approvals and executions" shows each one.',
      unit: 'short',
      width: 6,
      height: 8,
      empty: 'nothing had to be decided',
    }).withTarget(
      over(
        `sum by (decision, because) (${countOver('firebreak_decisions_total{job="$job"}')})`,
        '{{decision}} {{because}}',
      ),
    ),
    bars({
      title: 'Open executions',
      description: 'Executions that are not closed, by phase: a phase that grows is where the loop is stuck.',
      unit: 'short',
      width: 6,
      height: 8,
      empty: 'none is open',
    }).withTarget(over('max by (phase) (firebreak_executions_open{job="$job"})', '{{phase}}')),
    bars({
      title: 'How executions end',
      description:
        'Executions that have ended, by outcome. "reverted" means that it did not help and was taken back; "failed" that something is left to do.',
      unit: 'short',
      width: 6,
      height: 8,
      empty: 'none has ended',
    }).withTarget(over(`sum by (outcome) (${countOver('firebreak_executions_total{job="$job"}')})`, '{{outcome}}')),
    limited(
      series({
        title: 'Executions that failed',
        description:
          'Of those that tried to change something, the share that failed: over the last hour and the last day. 5 % may; from 72 % of the last hour on FirebreakFailuresFast wakes somebody (both dashed).',
        unit: 'percentunit',
        width: 12,
        height: 7,
        empty: 'nothing was tried',
      }),
      thresholds({ from: 0.05, color: 'orange' }, { from: 0.72, color: 'red' }),
    )
      .min(0)
      .withTarget(over('max(firebreak:executions_failed:ratio_rate1h{job="$job"} >= 0)', 'last hour'))
      .withTarget(over('max(firebreak:executions_failed:ratio_rate1d{job="$job"} >= 0)', 'last day')),
    listOf(
      {
        title: 'What is wrong with Firebreak itself',
        description:
          'Alerts about Firebreak that fire now. No runbook answers them: docs/alerts.md says what each means and what to do.',
        unit: 'none',
        width: 12,
        height: 7,
        empty: 'nothing is known to be wrong',
      },
      [
        { name: 'alertname', title: 'Alert', links: [consoleLink('How the loop is, in the console', '/')] },
        { name: 'severity', title: 'Severity', width: 100, mappings: SEVERITIES },
        { name: 'runbook', title: 'Runbook' },
        { name: 'instance', title: 'Process' },
      ],
    ).withTarget(rows(gravestFirst('alertname=~"Firebreak.*"', 'alertname, severity, runbook, instance'))),
  ],
};
