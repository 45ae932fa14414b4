import type { Instruments } from './instruments.js';
import { closed } from './label-set.js';
import * as sets from './label-sets.js';
import type { NameSets } from './name-sets.js';

/** Runbooks decide in more ways than they end. */
const MOST_DECISIONS = 2_000;

/** Makes everything that is only counted. */
export function countersOf(make: Instruments, names: NameSets) {
  const { runbook } = names;
  return {
    alertsReceived: make.counter('alerts_received_total', 'Alerts taken in and kept', {
      source: sets.SOURCES,
      status: sets.STATUSES,
    }),
    alertsRejected: make.counter('alerts_rejected_total', 'Bodies with alerts that were refused', {
      source: sets.SOURCES,
      code: sets.CODES,
    }),
    refused: make.counter('requests_refused_total', 'Requests that were refused', {
      code: sets.CODES,
      route: names.route,
    }),
    tokenUses: make.counter('token_uses_total', 'Requests with a token that counts', {
      token: names.token,
      secret: closed(['1', '2']),
    }),
    decisions: make.counter(
      'decisions_total',
      'Decisions about alerts',
      { runbook, decision: sets.DECISIONS, because: sets.BECAUSE },
      MOST_DECISIONS,
    ),
    fates: make.counter('alert_fates_total', 'What became of each alert that was received', {
      fate: sets.DECISIONS,
      because: sets.BECAUSE,
    }),
    executions: make.counter('executions_total', 'Executions that ended', {
      runbook,
      trigger: sets.TRIGGERS,
      outcome: sets.OUTCOMES,
    }),
    trust: make.counter('trust_lost_total', 'Times that a runbook lost trust', { runbook, why: sets.LOSSES }),
    escalations: make.counter('escalations_total', 'Next runbooks for an alert', {
      runbook,
      to: runbook,
      result: sets.ESCALATED,
    }),
    messages: make.counter('messages_total', 'Attempts to tell people', {
      notifier: names.notifier,
      event: sets.EVENTS,
      result: sets.TOLD,
    }),
    wakeupsFailed: make.counter('wakeups_failed_total', 'Wake-ups that could not be set; the sweeper finds them', {}),
    configLoads: make.counter('config_loads_total', 'Attempts to load runbooks', { result: sets.LOADED }),
    pluginRestarts: make.counter('plugin_restarts_total', 'Ends of plugin processes', {
      plugin: names.plugin,
      why: sets.ENDS_OF_CHILD,
    }),
  };
}
