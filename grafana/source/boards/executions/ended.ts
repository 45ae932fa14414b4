import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { Row } from '../../kit/board.js';
import { listOf } from '../../kit/columns.js';
import { records } from '../../kit/queries.js';
import { ASKED_BY, buttonsIn, EXECUTION, OPENED, OUTCOME, WHAT } from './columns.js';
import { rollBack } from './commands.js';

/** What is over, and what of it can still be taken back. */
export const ended: Row = {
  title: 'Ended',
  panels: [
    listOf(
      {
        title: 'Can be rolled back',
        description:
          'Executions, most of them closed, with a change in force that can be taken back. Roll back opens the execution again until that is done.',
        unit: 'none',
        width: 24,
        height: 8,
        empty: 'nothing in force can be rolled back',
      },
      [EXECUTION, ...WHAT, buttonsIn('Value', rollBack)],
    ).withTarget(records('firebreak_rollback_available_info{runbook=~"$runbook"}')),
    listOf(
      {
        title: 'Newest closed',
        description:
          'The last 100 executions that were opened in the time range and are closed, with how they ended. The page in the console says what happened step by step.',
        unit: 'none',
        width: 24,
        height: 10,
        empty: 'none was opened in this time range and is closed',
      },
      [EXECUTION, OPENED, ...WHAT, ...ASKED_BY, { name: 'mode', title: 'Mode', width: 90 }, OUTCOME],
    )
      .sortBy([new TableSortByFieldStateBuilder().displayName('Opened').desc(true)])
      .withTarget(records('topk(100, firebreak_execution{phase="closed",runbook=~"$runbook"} >= ${__from})')),
  ],
};
