import { STATUS_CODES } from 'node:http';
import { BUCKETS } from './buckets.js';
import type { Instruments } from './instruments.js';
import { closed } from './label-set.js';
import * as sets from './label-sets.js';
import type { NameSets } from './name-sets.js';

/** Makes everything that is measured. */
export function histogramsOf(make: Instruments, names: NameSets) {
  const { runbook } = names;
  return {
    webhookAck: make.histogram('webhook_ack_seconds', 'From a readable body to the answer', {}, BUCKETS.acknowledged),
    requests: make.histogram(
      'http_request_seconds',
      'HTTP requests, but for streams of events',
      { method: sets.METHODS, route: names.route, code: closed(Object.keys(STATUS_CODES)) },
      BUCKETS.request,
    ),
    executionDuration: make.histogram(
      'execution_duration_seconds',
      'From opened to closed',
      { runbook, outcome: sets.OUTCOMES },
      BUCKETS.execution,
    ),
    recovery: make.histogram(
      'recovery_seconds',
      'From the start of the alert to each stage',
      { runbook, stage: sets.STAGES },
      BUCKETS.recovery,
    ),
    approvalWait: make.histogram(
      'approval_wait_seconds',
      'From asked to decided',
      { runbook, decision: sets.ENDS_OF_WAIT },
      BUCKETS.approval,
    ),
    pluginCalls: make.histogram(
      'plugin_call_seconds',
      'Calls into plugins',
      { plugin: names.plugin, part: names.part, verb: sets.VERBS, result: sets.CALL_RESULTS },
      BUCKETS.call,
    ),
    probes: make.histogram('probe_seconds', 'Answers of standing probes', { probe: names.probe }, BUCKETS.probe),
    configFallback: make.histogram(
      'config_fallback_seconds',
      'From noticing an edition that cannot be used to the decision to stay on the last good one',
      {},
      BUCKETS.fallback,
    ),
  };
}
