import type { Action } from '@grafana/grafana-foundation-sdk/dashboard';
import { action, TIME_RANGE } from '../../kit/actions.js';

/** What alerts say of the place where it hurts; a label that an alert does not have is left out by Firebreak. */
export const LABELS = [
  'alertname',
  'severity',
  'signal',
  'service',
  'cluster',
  'center',
  'namespace',
  'deployment',
  'node',
  'queue',
  'feature',
  'product',
  'instance',
  'target_ip',
] as const;

/** Where a panel has what a button sends. */
export interface Source {
  /** The runbook, for the path. */
  readonly path: string;
  /** The same, for words. */
  readonly runbook: string;
  /** Its link, which is kept with the execution. */
  readonly page: string;
  readonly label: (name: string) => string;
}

/** A row of a table, which names its runbook. */
export const OF_ROW: Source = {
  path: '${__data.fields.runbook:percentencode}',
  runbook: '${__data.fields.runbook}',
  page: '${console:raw}/runbooks/${__data.fields.runbook}',
  label: (name) => `\${__data.fields.${name}}`,
};

/** A row of a table that names none: the runbook that is chosen above. */
export const OF_ROW_FOR_CHOSEN: Source = {
  path: '${runbook:percentencode}',
  runbook: '${runbook}',
  page: '${console:raw}/runbooks/${runbook}',
  label: OF_ROW.label,
};

/** A series of a graph, for the runbook that is chosen above. */
export const OF_SERIES: Source = {
  path: '${runbook:percentencode}',
  runbook: '${runbook}',
  page: '${console:raw}/runbooks/${runbook}',
  label: (name) => `\${__field.labels.${name}}`,
};

/**
 * Starts a runbook for an alert: with the time range of the panel, the alert's labels and the link of the runbook.
 *
 * @param source where the panel has them
 * @param asksReason only on boards with `noReason()`: without it an empty answer would be sent as `$reason`
 */
export function execute(source: Source, asksReason: boolean = true): Action {
  return action({
    ...common(source),
    title: 'Execute',
    confirmation: `${where(source)}Its guards, its approval and its mode count as ever. Execute ${forIt(source)}?`,
    color: 'blue',
    asksReason,
  });
}

/** Makes the plan only, and shows what would be done. */
export function dryRun(source: Source): Action {
  const { query, ...rest } = common(source);
  return action({
    ...rest,
    query: { ...query, dryRun: 'true' },
    title: 'Dry run',
    confirmation: `${where(source)}Nothing is changed, only the plan is made. Try ${forIt(source)}?`,
    color: 'green',
  });
}

function forIt({ runbook, label }: Source): string {
  return `${runbook} for ${label('alertname')}`;
}

/** Before the question, since what an alert does not have leaves a gap. */
function where({ label }: Source): string {
  const places = LABELS.filter((name) => name !== 'alertname' && name !== 'severity' && name !== 'signal');
  return `Where: [${places.map(label).join(' ')}]. `;
}

function common({ path, page, label }: Source) {
  return {
    path: `/runbooks/${path}/executions`,
    query: {
      ...TIME_RANGE,
      ...Object.fromEntries(LABELS.map((name) => [`label.${name}`, label(name)])),
      'annotation.runbook_url': page,
    },
  };
}
