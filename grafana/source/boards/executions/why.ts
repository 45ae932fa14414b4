import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { Row } from '../../kit/board.js';
import { listOf, type Column } from '../../kit/columns.js';
import { boardLink, consoleLink } from '../../kit/links.js';
import { records } from '../../kit/queries.js';
import { colored } from '../../kit/words.js';

const WHEN: Column = { name: 'Value', title: 'When', unit: 'dateTimeAsIsoNoDateIfToday', width: 170 };
const DECISIONS = colored({ opened: 'green', suppressed: 'orange', closed: 'blue', noted: 'text' });

/** Why something was or was not done, and what happened then. */
export const why: Row = {
  title: 'Why, and what happened',
  panels: [
    listOf(
      {
        title: 'Decisions',
        description:
          'The last 200 decisions about alerts in the time range, also each no with its reason. The link of the decision explains it, and what one can do about it.',
        unit: 'none',
        width: 24,
        height: 12,
        empty: 'no alert came in in this time range',
      },
      [
        WHEN,
        { name: 'alertname', title: 'Alert', width: 180 },
        { name: 'runbook', title: 'Runbook', width: 170 },
        {
          name: 'decision',
          title: 'Decision',
          width: 110,
          mappings: DECISIONS,
          links: [consoleLink('Why?', '/alerts/${__data.fields.fingerprint:percentencode}')],
        },
        { name: 'because', title: 'Because', width: 120 },
        { name: 'detail', title: 'In words' },
        {
          name: 'execution_id',
          title: 'Execution',
          links: [
            boardLink('Its journal, below', 'firebreak-executions', {
              execution: '${__data.fields.execution_id:percentencode}',
            }),
            consoleLink('Its page in the console', '/executions/${__data.fields.execution_id:percentencode}'),
          ],
        },
        { name: 'fingerprint' },
      ],
    )
      .sortBy([new TableSortByFieldStateBuilder().displayName('When').desc(true)])
      .withTarget(records('topk(200, firebreak_decision{runbook=~"$runbook"} >= ${__from})')),
    listOf(
      {
        title: 'Journal of $execution',
        description:
          'Every event of the execution that is chosen above, or by the link of a row, from the oldest to the newest. The page in the console says the same in sentences.',
        unit: 'none',
        width: 24,
        height: 12,
        empty: 'choose an execution above',
      },
      [
        { name: 'n', title: '#', width: 60 },
        {
          ...WHEN,
          links: [consoleLink('Its page in the console', '/executions/${__data.fields.execution_id:percentencode}')],
        },
        { name: 'event', title: 'Event', width: 150 },
        { name: 'phase', title: 'Phase then', width: 140 },
        { name: 'by', title: 'By', width: 140 },
        { name: 'detail', title: 'In words' },
        { name: 'execution_id' },
      ],
    )
      .sortBy([new TableSortByFieldStateBuilder().displayName('When')])
      .withTarget(records('firebreak_journal_event{execution_id="$execution"}')),
  ],
};
