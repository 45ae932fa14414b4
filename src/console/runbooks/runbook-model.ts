import { effectiveMode } from '../../api/scorecard-view.js';
import type { Snapshot } from '../../catalog/snapshot.js';
import type { Execution } from '../../core/execution.js';
import { formatMatcher } from '../../core/matcher.js';
import type { Mode, Runbook } from '../../core/runbook.js';
import { scopeFor } from '../../core/template.js';
import type { Scorecard } from '../../engine/governance.js';
import { approvalWords, guardWords, objectiveWords } from './guard-words.js';
import { guideHtml } from './guide-html.js';
import { afterWords, lostTrust, MODE_WORDS, scoreWords } from './runbook-words.js';
import { lastOf } from './runbooks-model.js';

/** What a runbook has done. */
export interface Achieved {
  readonly scorecard: Scorecard;
  /** Newest first. */
  readonly executions: readonly Execution[];
}

/** Says what the page of one runbook shows of the runbook itself. */
export function runbookModel(runbook: Runbook, { scorecard, executions }: Achieved, snapshot: Snapshot) {
  const { name, title, owner, version, match, target, steps, approval, guards, priority } = runbook;
  const mode = effectiveMode(runbook, scorecard);
  return {
    name,
    title,
    owner,
    version,
    mode,
    modeSays: MODE_WORDS[mode],
    asksHere: mode === 'auto' && runbook.serving !== undefined,
    lost: lostTrust(runbook, scorecard),
    lostBy: scorecard.trust?.executionId ?? null,
    lostAt: scorecard.trust?.at ?? null,
    guide: guideOf(runbook, snapshot),
    match: match.map(formatMatcher),
    target: typeof target.source === 'string' ? target.source : '',
    priority,
    steps: steps.map((step) => ({ name: step.name, uses: step.uses })),
    approval: approvalOf(mode, approvalWords(approval)),
    guards: guardWords(guards),
    objective: objectiveWords(runbook.objective),
    after: afterWords(runbook),
    score: scoreWords(scorecard),
    executions: executions.map(lastOf),
    text: snapshot.texts.get(name) ?? '',
  };
}

/** The human part as HTML, with the names of what an alert would say; null when there is none. */
export function guideOf({ name, params }: Pick<Runbook, 'name' | 'params'>, snapshot: Snapshot): string | null {
  const guide = snapshot.guides.get(name);
  if (guide === undefined) return null;
  const nobody = { labels: {}, annotations: {}, fingerprint: '', startsAt: 0, generatorURL: '' };
  return guideHtml(guide, scopeFor(nobody, params, snapshot.surroundings), 'without-alert');
}

/** The human part as HTML, with what the alert of an execution says; null when there is none, or the runbook is gone. */
export function guideFor({ runbook, alert }: Execution, snapshot: Snapshot): string | null {
  const found = snapshot.runbooks.get(runbook);
  if (found === undefined) return null;
  const guide = snapshot.guides.get(runbook);
  if (guide === undefined || alert === undefined) return guideOf(found, snapshot);
  return guideHtml(guide, scopeFor(alert, found.params, snapshot.surroundings), 'with-alert');
}

function approvalOf(mode: Mode, words: string): string {
  if (mode === 'observe') return 'Nobody is asked, because nothing is changed.';
  return mode === 'approve' ? words : `Only when a plan asks for people, or trust is lost: ${words}`;
}
