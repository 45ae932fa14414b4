import type { Board } from '../kit/board.js';
import { chosen, noReason } from '../kit/variables.js';
import { alerts } from './runbooks/alerts.js';
import { one } from './runbooks/one.js';
import { scorecards } from './runbooks/scorecards.js';

/** Start a runbook for an alert, and see how the runbooks do. */
export const runbooks: Board = {
  uid: 'firebreak-runbooks',
  title: 'Runbooks',
  description:
    'Execute a runbook for an alert that fires, and see which runbooks help, how fast, and what holds them back.',
  from: 'now-24h',
  variables: [
    chosen('runbook', { label: 'Runbook', query: 'label_values(firebreak_runbook_info{job="$job"}, runbook)' }),
    noReason(),
  ],
  rows: [alerts, scorecards, one],
};
