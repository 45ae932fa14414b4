import { RECORDS } from '../kit/data-sources.js';
import type { Board } from '../kit/board.js';
import { chosen, noReason, some } from '../kit/variables.js';
import { ended } from './executions/ended.js';
import { open } from './executions/open.js';
import { why } from './executions/why.js';

/** What people must agree to, what goes on, what can be taken back, and why. */
export const executions: Board = {
  uid: 'firebreak-executions',
  title: 'Approvals and executions',
  description: 'Approve, reject, cancel and roll back; what goes on, how it ended, and why nothing was done.',
  from: 'now-24h',
  variables: [
    some('runbook', { label: 'Runbook', query: 'label_values(firebreak_runbook_info{job="$job"}, runbook)' }),
    chosen('execution', {
      label: 'Journal of',
      query: 'label_values(firebreak_execution, execution_id)',
      source: RECORDS,
      lastFirst: true,
    }),
    noReason(),
  ],
  rows: [open, ended, why],
};
