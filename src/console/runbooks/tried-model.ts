import type { PlannedView, Simulated, SimulatedAlert } from '../../api/simulated.js';
import { sayLabels, sayNo } from '../../api/why-words.js';
import type { Alert } from '../../core/alert.js';
import { explainMiss } from '../../core/explain-match.js';
import type { Runbook } from '../../core/runbook.js';
import { changeModel } from '../execution/plan-model.js';

/**
 * Says what a runbook would make of an alert, the answer first; what others would do stands below.
 *
 * @param runbook that is tried
 * @param alert as it was given
 * @param simulated what would become of it
 */
export function triedModel(runbook: Runbook, alert: Alert, { decisions }: SimulatedAlert) {
  const own = decisions.find((one) => one.runbook === runbook.name);
  const miss = explainMiss(runbook, alert.labels);
  const runs = own?.would === 'open';
  const others = decisions.filter((one) => one.runbook !== undefined && one.runbook !== runbook.name);
  return {
    labels: sayLabels(alert.labels),
    runs,
    answer: answerOf(runbook, own, miss?.failed ?? []),
    tone: runs ? 'good' : 'warn',
    toDo: own?.toDo ?? '',
    target: own?.target ?? '',
    mode: own?.mode ?? '',
    lowered:
      own?.lowered === undefined
        ? ''
        : `Its mode would be ${own.lowered.to} instead of ${own.lowered.from}: ${own.lowered.detail}.`,
    candidates: (own?.choice?.candidates ?? []).map(({ center, score, ruledOut }) => ({
      center,
      says: ruledOut ?? `score ${score?.toFixed(2) ?? 'unknown'}`,
    })),
    plan: own?.plan === undefined ? null : planOf(own.plan),
    others: others.map((one) => `${one.runbook ?? ''} ${says(one)}`),
  };
}

function answerOf({ name }: Runbook, own: Simulated | undefined, failed: readonly string[]): string {
  if (own !== undefined) return `${name} ${says(own)}.`;
  if (failed.length > 0) return `${name} would not run, because it does not match: ${failed.join(', and ')}.`;
  return `${name} would not run: nothing was decided.`;
}

/** The rest of a sentence that begins with the runbook's name. */
function says({ would, because, detail = '', next }: Simulated): string {
  switch (would) {
    case 'open':
      return `would run: ${next ?? 'an execution would be opened'}`;
    case 'suppress':
      return `would not run: ${sayNo(because ?? '', detail)}`;
    case 'close':
      return `would end what is open: ${detail}`;
    case 'note':
      return `would not run: ${detail}`;
  }
}

function planOf(plan: PlannedView) {
  if ('steps' in plan) return { steps: plan.steps.map(stepOf), says: '' };
  if ('notNeeded' in plan) return { steps: [], says: `Nothing is to be done: ${plan.notNeeded}.` };
  if ('blocked' in plan) return { steps: [], says: `A precondition does not hold: ${plan.blocked}.` };
  if ('failed' in plan) return { steps: [], says: `No plan can be made: ${plan.failed}.` };
  return { steps: [], says: `No plan was made: ${plan.skipped}.` };
}

type ShownStep = Extract<PlannedView, { readonly steps: unknown }>['steps'][number];

function stepOf({ name, uses, summary, idle = '', asks = '', risk, facts = {}, changes, reversible }: ShownStep) {
  return {
    name,
    uses,
    summary,
    idle,
    asks,
    risk: risk ?? 'not rated',
    reversible,
    facts: Object.entries(facts).map(([fact, value]) => ({ fact, value })),
    changes: changes.map(changeModel),
  };
}
