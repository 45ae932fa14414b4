import { formatDuration } from '../core/duration.js';
import type { Term } from './bound.js';
import type { Examination, Path } from './examine.js';

const HEADING = [
  'alert',
  'runbook',
  'via',
  'scrape',
  'eval',
  'for',
  'group_wait',
  'at most',
  'if it hangs',
  'costs most',
  'next incident',
];

/** Writes what the doctor found as a table with notes below it. */
export function report({ paths, elsewhere, notes }: Examination): string {
  const lines =
    paths.length === 0 ? ['No alert rule reaches Firebreak.'] : [...table([HEADING, ...paths.map(row)]), '', ...LEGEND];
  if (elsewhere.length > 0) lines.push('', `Not sent to Firebreak: ${elsewhere.join(', ')}.`);
  if (notes.length > 0) lines.push('', ...notes.map((note) => `* ${note}`));
  return lines.join('\n');
}

const LEGEND = [
  'at most: from the fault to the webhook, when the target refuses connections; if it hangs, scrape_timeout comes on top.',
  'next incident: at most, when the alert joins a group that was notified before: group_interval takes the place of group_wait.',
];

function row({ rule, runbooks, via, bound, nextIncidentMs }: Path): readonly string[] {
  const cost = (setting: Term['setting']): string =>
    formatDuration(bound.terms.find((term) => term.setting === setting)?.ms ?? 0);
  return [
    rule.name,
    runbooks.join(', ') || '-',
    via,
    cost('scrape_interval'),
    rule.queryOffset > 0 ? `${cost('evaluation_interval')}+${cost('query_offset')}` : cost('evaluation_interval'),
    cost('for'),
    via === 'prometheus' ? '-' : cost('group_wait'),
    seconds(bound.crashMs),
    seconds(bound.hangMs),
    `${bound.largest.setting} ${formatDuration(bound.largest.ms)}`,
    seconds(nextIncidentMs),
  ];
}

/** Writes milliseconds as seconds with at most two decimals, such as `5.05 s`. */
export function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(2))} s`;
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = HEADING.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
