import type { AuditDeed } from '../../engine/audit.js';

/** What was done, in words that follow a name or stand alone; for each kind of record. */
export const DEEDS: { readonly [deed in AuditDeed]: string } = {
  opened: 'opened an execution',
  planned: 'a plan was made',
  'not-needed': 'nothing was to be done',
  'plan-failed': 'no plan could be made',
  blocked: 'a guard said no',
  lowered: 'may go less far',
  approved: 'agreed to the plan',
  rejected: 'said no to the plan',
  'approval-expired': 'nobody decided in time',
  'start-expired': 'it was not begun in time',
  'apply-intended': 'announced a step',
  'apply-withheld': 'an announced step was not sent',
  applied: 'a step is done',
  'apply-unfinished': 'a step is not finished',
  'apply-doubtful': 'nobody knows whether a step took',
  'apply-refuted': 'a step did not take',
  'apply-unanswered': 'the target could not say whether a step took',
  sampled: 'a measurement',
  'verification-ended': 'the time for verifying is over',
  'lease-extended': 'the lease is extended',
  'lease-ended': 'the lease is over',
  'clear-long-enough': 'the alert stayed away long enough',
  'revert-intended': 'announced taking back a step',
  reverted: 'a step is taken back',
  'revert-unfinished': 'taking back goes on',
  'revert-failed': 'a step could not be taken back',
  'alert-resolved': 'the alert resolved',
  'alert-refired': 'the alert fires again',
  escalated: 'the next runbook was opened',
  'escalation-refused': 'the next runbook was not opened',
  cancelled: 'cancelled it',
  'revert-asked': 'asked to take it back',
  'retry-asked': 'asked to try again',
  accepted: 'accepted it as it is',
  'pause-added': 'began a pause',
  'pause-lifted': 'lifted a pause',
  'trust-restored': 'trusts a runbook again',
  'storm-ended': 'ended a storm',
  'center-set': 'said whether a centre serves',
  'reload-asked': 'had the files read again',
  'logged-in': 'logged in',
  'drill-held': 'held a drill',
  taken: 'took it over',
};

/** Gives the words for a record's kind; one that this version does not know speaks for itself. */
export function deedWords(what: string): string {
  return isDeed(what) ? DEEDS[what] : what;
}

function isDeed(what: string): what is AuditDeed {
  return Object.hasOwn(DEEDS, what);
}
