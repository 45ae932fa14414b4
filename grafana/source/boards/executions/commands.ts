import type { Action } from '@grafana/grafana-foundation-sdk/dashboard';
import { action } from '../../kit/actions.js';

const ID = '${__data.fields.execution_id:percentencode}';
/** What the dialog names. */
const IT = '${__data.fields.runbook} on ${__data.fields.target}';

/** Agrees to the plan as it was when the row was drawn: when it has changed since, nothing is agreed to (409). */
export const approve: Action = action({
  title: 'Approve',
  confirmation: `The link of the row shows the plan. Approve ${IT}?`,
  path: `/executions/${ID}/approve`,
  query: { digest: '${__data.fields.digest}' },
  color: 'green',
  asksReason: true,
});

/** Says no to the plan. */
export const reject: Action = action({
  title: 'Reject',
  confirmation: `Nothing will be changed. Reject ${IT}?`,
  path: `/executions/${ID}/reject`,
  color: 'red',
  asksReason: true,
});

/** Stops it; what was changed is taken back. */
export const cancel: Action = action({
  title: 'Cancel',
  confirmation: `What it has changed is taken back. Cancel ${IT}?`,
  path: `/executions/${ID}/cancel`,
  color: 'red',
  asksReason: true,
});

/** Takes back what is in force. */
export const rollBack: Action = action({
  title: 'Roll back',
  confirmation: `What it has changed is taken back. Roll back ${IT}?`,
  path: `/executions/${ID}/revert`,
  color: 'orange',
  asksReason: true,
});

/** Lets a held execution go on where it stopped. */
export const retry: Action = action({
  title: 'Retry',
  confirmation: `It goes on where it stopped, after it has asked the target. Retry ${IT}?`,
  path: `/executions/${ID}/retry`,
  color: 'blue',
  asksReason: true,
});

/** Takes a held execution for done, as the target is. */
export const accept: Action = action({
  title: 'Accept',
  confirmation: `The target stays as it is, and the execution is closed. Accept ${IT}?`,
  path: `/executions/${ID}/accept`,
  color: 'green',
  asksReason: true,
});
