import { nothing, rows, some, type Expected } from './checks.js';

/** What the board firebreak-executions shows of the known history. */
export const EXECUTIONS: Expected = {
  'Waiting for approval': {
    plan: rows(7, { alertname: 'LampOut', severity: 'warning' }),
    opened: rows(7, {
      alertname: 'LampOut',
      severity: 'warning',
      phase: 'awaiting-approval',
      trigger: 'alert',
      requested_by: 'alertmanager',
    }),
  },
  'Held: a person must decide': {
    A: rows(3, {
      runbook: 'puzzling',
      alertname: 'LampOut',
      severity: 'warning',
      phase: 'held',
      trigger: 'alert',
      mode: 'auto',
      requested_by: 'alertmanager',
    }),
  },
  'At work': {
    A: rows(2, {
      runbook: 'undecided',
      alertname: 'LampOut',
      severity: 'warning',
      phase: 'verifying',
      trigger: 'alert',
      mode: 'auto',
      requested_by: 'alertmanager',
    }),
  },
  'In force for a time': {
    A: rows(4, {
      runbook: 'leased',
      alertname: 'LampOut',
      severity: 'warning',
      phase: 'holding',
      trigger: 'alert',
      mode: 'auto',
      requested_by: 'alertmanager',
    }),
  },
  'Being taken back': { A: nothing('what is taken back is so within milliseconds') },
  'Can be rolled back': { A: rows(15, {}) },
  'Newest closed': { A: rows(22, { phase: 'closed', trigger: 'alert', requested_by: 'alertmanager' }) },
  Decisions: { A: rows(45, { status: 'firing', source: 'alertmanager' }) },
  'Journal of $execution': { A: some({ runbook: 'cut-over-center', target: 'traffic/shop', alertname: 'CenterDown' }) },
};
