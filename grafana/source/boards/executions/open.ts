import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { Row } from '../../kit/board.js';
import { listOf } from '../../kit/columns.js';
import { records } from '../../kit/queries.js';
import { ASKED_BY, buttonsIn, EXECUTION, OPENED, REQUESTED_BY, TO_APPROVE, WHAT } from './columns.js';
import { accept, approve, cancel, reject, retry, rollBack } from './commands.js';

const whole = { width: 24, height: 7, unit: 'none' } as const;
const inPhase = (phases: string): string => `firebreak_execution{phase=~"${phases}",runbook=~"$runbook"}`;

/** One table for each phase: which buttons there are cannot depend on the row. */
export const open: Row = {
  title: 'Open',
  panels: [
    listOf(
      {
        title: 'Waiting for approval',
        description:
          'Plans that people must agree to before anything is changed. Approve agrees to the plan as it was when the row was drawn: if it has changed since, Grafana shows an error and nothing is agreed to. Whoever asked for it cannot approve it. The link of the row shows the plan, and works for those who have no buttons.',
        ...whole,
        empty: 'nobody has to agree to anything',
      },
      [TO_APPROVE, { ...OPENED, name: 'Value #opened' }, ...WHAT, REQUESTED_BY, buttonsIn('digest', approve, reject)],
    )
      // who asked for it cannot approve it, and what has waited for longest ends first
      .sortBy([new TableSortByFieldStateBuilder().displayName('Opened')])
      .withTarget(records('firebreak_pending_approval_info{runbook=~"$runbook"}').refId('plan'))
      .withTarget(records(inPhase('awaiting-approval')).refId('opened')),
    listOf(
      {
        title: 'Held: a person must decide',
        description:
          'Nobody knows whether what was begun took, or it cannot be taken back by itself. Look at the target first. Retry goes on where it stopped, Roll back takes back what can be, Accept takes it for done as it is. The target stays locked until then.',
        ...whole,
        empty: 'nothing is held',
      },
      [EXECUTION, OPENED, ...WHAT, buttonsIn('phase', retry, rollBack, accept)],
    ).withTarget(records(inPhase('held'))),
    listOf(
      {
        title: 'At work',
        description:
          'Being planned, applied or verified at this moment. Cancel stops it, and takes back what it has changed.',
        ...whole,
        empty: 'nothing is at work',
      },
      [
        EXECUTION,
        OPENED,
        ...WHAT,
        ...ASKED_BY,
        { name: 'phase', title: 'Phase', width: 100 },
        buttonsIn('mode', cancel),
      ],
    ).withTarget(records(inPhase('planning|applying|verifying'))),
    listOf(
      {
        title: 'In force for a time',
        description:
          'Applied and verified, and kept under a lease: taken back when the lease ends, when the alert stays clear, or when somebody rolls it back here.',
        ...whole,
        empty: 'nothing is in force for a time',
      },
      [EXECUTION, OPENED, ...WHAT, ...ASKED_BY, buttonsIn('phase', rollBack)],
    ).withTarget(records(inPhase('holding'))),
    listOf(
      {
        title: 'Being taken back',
        description:
          'What was changed is being taken back, from the last step to the first. It cannot be stopped; if it fails it becomes held.',
        ...whole,
        height: 5,
        empty: 'nothing is being taken back',
      },
      [EXECUTION, OPENED, ...WHAT, ...ASKED_BY],
    ).withTarget(records(inPhase('reverting'))),
  ],
};
