import { stringify } from 'yaml';
import type { Event, JournalEntry } from '../core/event.js';
import type { Execution, Grant, StepRecord } from '../core/execution.js';
import type { StepPlan } from '../core/step-plan.js';
import { planOf } from '../core/execution.js';
import type { Json } from '../core/json.js';
import { planDigest } from '../core/plan-digest.js';
import type { GuardSample, Sample } from '../core/runbook.js';
import { redactJson } from '../plugin-host/redact.js';
import { iso, isoAll } from './instants.js';
import { grantsIn } from './journal-view.js';
import { onRevert } from './plan-view.js';

type Map = { readonly [key: string]: Json };

/**
 * Writes an execution as a YAML document that can be kept in a repository: who asked for what, who agreed, what was done,
 * what came of it and how it is taken back. The same execution always gives the same text.
 *
 * @param execution as it stands
 * @param journal all that happened to it
 * @param mask hides secrets
 */
export function executionRecord(
  execution: Execution,
  journal: readonly JournalEntry[],
  mask: (text: string) => string,
): string {
  const { id, runbook, runbookVersion, target, timeline, closedAt } = execution;
  const record: Map = {
    apiVersion: 'firebreak/v1',
    kind: 'ExecutionRecord',
    metadata: { name: id, runbook, runbookVersion, target },
    request: requestOf(execution),
    ...alertOf(execution),
    ...choiceOf(execution),
    plan: planRecord(execution),
    approval: approvalRecord(execution, grantsIn(journal)),
    outcome: outcomeOf(execution),
    steps: execution.steps.map((step) => stepRecord(step, execution.baseline)),
    verification: verificationRecord(execution),
    timeline: isoAll({ ...timeline, closedAt }),
    journal: journal.flatMap((entry) => told(entry, execution)),
    revertPlan: revertPlan(execution),
  };
  // `compat` also quotes what older readers would take for a date or a truth value
  const style = { compat: 'yaml-1.1', lineWidth: 0, aliasDuplicateObjects: false } as const;
  return stringify(redactJson(record, mask), style);
}

function requestOf(execution: Execution): Map {
  const { requestedBy: by, trigger, mode, dryRun, reason, lowered, escalatedFrom } = execution;
  return {
    by,
    trigger,
    ...(reason === undefined ? {} : { reason }),
    mode,
    dryRun,
    ...(lowered === undefined ? {} : { lowered: { ...lowered } }),
    ...(escalatedFrom === undefined ? {} : { escalatedFrom }),
  };
}

function alertOf({ alert, resolvedAt }: Execution): Map {
  if (alert === undefined) return {};
  const { fingerprint, startsAt } = alert;
  const [labels, annotations] = [sorted(alert.labels), sorted(alert.annotations)];
  return { alert: { fingerprint, labels, annotations, ...isoAll({ startsAt, resolvedAt }) } };
}

function choiceOf({ orders: { choice } }: Execution): Map {
  if (choice === undefined) return {};
  const { at, candidates, ...chosen } = choice;
  return { choice: { ...chosen, at: iso(at), candidates: candidates.map((one) => ({ ...one })) } };
}

function sorted(labels: Readonly<Record<string, string>>): Map {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function planRecord(execution: Execution): Map {
  const plan = planOf(execution);
  if (plan.length === 0) return { steps: [] };
  return {
    digest: planDigest(execution.target, execution.orders.steps, plan),
    steps: plan.map(({ step: name, uses, pluginVersion, summary, asks, idle, risk, facts, reversible, changes }) => ({
      name,
      uses,
      pluginVersion,
      summary,
      ...(asks === undefined ? {} : { asks }),
      ...(idle === undefined ? {} : { idle }),
      ...(risk === undefined ? {} : { risk }),
      ...(facts === undefined ? {} : { facts }),
      reversible,
      changes: changes.map((change) => ({ ...change })),
    })),
  };
}

function approvalRecord({ mode, orders }: Execution, grants: readonly Grant[]): Map {
  const { required, roles = [] } = orders.approval;
  const need = mode === 'approve' ? { required: Math.max(required, roles.length), roles: [...roles] } : { required: 0 };
  return { ...need, grants: grants.map((grant) => ({ ...grant, roles: [...(grant.roles ?? [])], at: iso(grant.at) })) };
}

function outcomeOf({ state, escalation }: Execution): Map {
  return {
    phase: state.phase,
    ...(state.phase === 'closed' ? { outcome: state.outcome, detail: state.detail } : {}),
    ...(state.phase === 'held' ? { cause: state.cause } : {}),
    ...(escalation === undefined ? {} : { escalation: { ...escalation } }),
  };
}

function stepRecord(step: StepRecord, baseline: readonly GuardSample[] = []): Map {
  const { name, state, attempts, startedAt, finishedAt, error, verification } = step;
  const before = baseline.filter((guard) => guard.step === name);
  return {
    name,
    state,
    attempts,
    ...isoAll({ startedAt, finishedAt }),
    ...(error === undefined ? {} : { error }),
    ...(verification === undefined
      ? {}
      : {
          verification: {
            ...isoAll({ startedAt: verification.startedAt, finishedAt: verification.finishedAt }),
            ...judgementRecord({ ...verification, ...(before.length === 0 ? {} : { baseline: before }) }),
          },
        }),
  };
}

function verificationRecord({ verdict, baseline, samples }: Execution): Map {
  const before = baseline?.filter(({ step }) => step === undefined);
  return judgementRecord({
    samples,
    ...(verdict === undefined ? {} : { verdict }),
    ...(before === undefined ? {} : { baseline: before }),
  });
}

function judgementRecord({ verdict, baseline, samples }: Pick<Execution, 'verdict' | 'baseline' | 'samples'>): Map {
  return {
    ...(verdict === undefined ? {} : { verdict }),
    ...(baseline === undefined ? {} : { baseline: baseline.map(sampleRecord) }),
    samples: samples.map(({ guards, ...sample }) => ({
      ...sampleRecord(sample),
      ...(guards === undefined ? {} : { guards: guards.map(sampleRecord) }),
    })),
  };
}

function sampleRecord(sample: Omit<Sample, 'guards'> | GuardSample): Map {
  return { ...sample, at: iso(sample.at) };
}

/** What was measured stands above already. */
function told({ at, event }: JournalEntry, { orders }: Execution): Map[] {
  if (event.type === 'sampled') return [];
  const step = 'step' in event && event.step !== undefined ? orders.steps[event.step]?.name : undefined;
  return [{ at: iso(at), event: event.type, ...(step === undefined ? {} : { step }), ...wordsOf(event) }];
}

function wordsOf(event: Event): Map {
  return {
    ...('by' in event ? { by: event.by } : {}),
    ...('because' in event ? { because: event.because } : {}),
    ...('reason' in event && event.reason !== undefined ? { reason: event.reason } : {}),
    ...('detail' in event ? { detail: event.detail } : {}),
  };
}

function revertPlan(execution: Execution): Map {
  const last = planOf(execution).map((plan, i) => revertStep(plan, execution.steps[i]));
  return { command: `firebreak revert ${execution.id} --reason "<why>"`, steps: last.reverse() };
}

function revertStep(plan: StepPlan, record: StepRecord | undefined): Map {
  const back = onRevert(plan);
  const changes = typeof back === 'string' ? back : back.map((change) => ({ ...change }));
  return { name: plan.step, uses: plan.uses, ...(record === undefined ? {} : { state: record.state }), changes };
}
