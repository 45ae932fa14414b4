import { sayNo } from '../../api/why-words.js';
import type { DecisionRecord } from '../../engine/execution-store.js';

/** Says in one sentence what was decided about one alert of one webhook. */
export function sayDecisions(records: readonly DecisionRecord[]): string {
  return `${records.map(sayDecision).join('; ')}.`;
}

/** Says what was decided about an alert for one runbook, without a full stop. */
export function sayDecision({ runbook, decision, because, detail, executionId }: DecisionRecord): string {
  const name = runbook ?? '';
  switch (decision) {
    case 'opened':
      return `${name} answers it with ${executionId ?? 'an execution'}`;
    case 'suppressed':
      return `${name} did nothing: ${sayNo(because ?? '', detail ?? '')}`;
    case 'closed':
      return `${name} ended, because ${detail ?? 'the alert resolved'}`;
    case 'noted':
      return runbook === undefined ? noted(because, detail) : `${name} goes on, although ${detail ?? 'it resolved'}`;
  }
}

function noted(because: DecisionRecord['because'], detail: string | undefined): string {
  return detail ?? (because === 'no-runbook' ? 'no runbook matches' : 'it was only noted');
}
