import type { Row } from '../../kit/board.js';
import { listOf } from '../../kit/columns.js';
import { consoleLink } from '../../kit/links.js';
import { records } from '../../kit/queries.js';
import { OUTCOMES, SEVERITIES } from '../../kit/words.js';

const recoveries = listOf(
  {
    title: 'Recent recoveries',
    description:
      'The last 50 executions that changed something, straight from Firebreak and without a limit of time. The console has the timeline, the samples and the record of each.',
    unit: 'short',
    width: 24,
    height: 9,
    empty: 'no execution of these runbooks has changed anything so far',
  },
  [
    { name: 'Value', title: 'Opened', unit: 'dateTimeAsIsoNoDateIfToday', width: 170 },
    {
      name: 'execution_id',
      title: 'Execution',
      width: 210,
      links: [consoleLink('Open in the console', '/executions/${__data.fields.execution_id:percentencode}')],
    },
    { name: 'runbook', title: 'Runbook' },
    { name: 'target', title: 'Target' },
    { name: 'alertname', title: 'Alert' },
    { name: 'severity', title: 'Severity', width: 100, mappings: SEVERITIES },
    { name: 'trigger', title: 'Started by', width: 100 },
    { name: 'outcome', title: 'Outcome', width: 120, mappings: OUTCOMES },
  ],
).withTarget(
  records('topk(50, firebreak_execution{runbook=~"$runbook", outcome=~"succeeded|accepted|reverted|failed"})'),
);

/** What happened last. */
export const recent: Row = { title: 'Recent recoveries', panels: [recoveries] };
