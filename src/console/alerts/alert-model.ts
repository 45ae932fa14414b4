import type { WhyAlert } from '../../api/why-alert.js';
import type { RunbookAnswer } from '../../api/why-runbook.js';
import type { DecisionRecord } from '../../engine/execution-store.js';
import { sayDecision } from './say-decisions.js';

/** So many runbooks that do not match are shown. */
const MOST_MISSES = 10;

/**
 * Says what the page of one alert shows: the answer first.
 *
 * @param why the answer, as the API gives it
 * @param decisions about this alert, newest first
 * @param inForce names of the runbooks that can be looked at
 */
export function alertModel(why: WhyAlert, decisions: readonly DecisionRecord[], inForce: ReadonlySet<string>) {
  const { id, alertname, answer, labels, facts, runbooks, misses } = why;
  return {
    fingerprint: id,
    name: alertname ?? id,
    answer,
    tone: toneOf(why),
    labels: Object.entries(labels ?? {})
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => ({ name, value })),
    facts: facts.filter(({ about }) => !SHOWN_ELSEWHERE.has(about)),
    runbooks: runbooks.map((one) => answerModel(one, inForce)),
    misses: misses.slice(0, MOST_MISSES),
    moreMisses: Math.max(0, misses.length - MOST_MISSES),
    decisions: decisions.map((record) => ({
      at: record.at,
      status: record.status,
      source: record.source,
      decision: record.decision,
      says: sayDecision(record),
      executionId: record.executionId ?? null,
    })),
  };
}

const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set(['fingerprint', 'labels']);

function answerModel(
  { runbook, decision, executionId, phase, outcome, says, facts }: RunbookAnswer,
  inForce: ReadonlySet<string>,
) {
  return {
    runbook,
    known: inForce.has(runbook),
    state: outcome ?? phase ?? (decision === 'none' ? 'matches' : decision),
    executionId: executionId ?? null,
    says,
    // the address of the execution says more than the command
    facts: facts.filter(({ about }) => about !== 'more'),
  };
}

function toneOf({ runbooks }: WhyAlert): string {
  if (runbooks.some(({ phase }) => phase === 'held' || phase === 'awaiting-approval')) return 'warn';
  if (runbooks.some(({ decision, phase }) => decision === 'opened' && phase !== undefined && phase !== 'closed'))
    return 'busy';
  return 'quiet';
}
