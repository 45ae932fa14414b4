import { effectiveMode } from '../../api/scorecard-view.js';
import type { Catalog } from '../../catalog/catalog.js';
import { formatProblem } from '../../catalog/problem.js';
import { otherWarnings } from '../../catalog/snapshot.js';
import type { Execution } from '../../core/execution.js';
import { formatMatcher } from '../../core/matcher.js';
import type { Runbook } from '../../core/runbook.js';
import type { ExecutionStore } from '../../engine/execution-store.js';
import type { Scorecard } from '../../engine/governance.js';
import { lostTrust, scoreWords } from './runbook-words.js';

/** So many runbooks are shown at once. */
const MOST_ROWS = 100;
/** Among so many executions the last one of each runbook is looked for. */
const LOOKED_AT = 300;

/**
 * Gathers what the list of runbooks shows.
 *
 * @param catalog with what is in force, what rests and what is wrong
 * @param search text that name, title or owner must contain
 */
export async function runbooksModel(
  { current, status }: Pick<Catalog, 'current'> & { readonly status: ReturnType<Catalog['status']> },
  store: Pick<ExecutionStore, 'list' | 'governance'>,
  search: string,
) {
  const wanted = search.toLowerCase();
  const all = [...current.runbooks.values()].filter(({ name, title, owner }) =>
    [name, title, owner].some((text) => text.toLowerCase().includes(wanted)),
  );
  const { items } = await store.list({ limit: LOOKED_AT });
  const shown = all.slice(0, MOST_ROWS);
  const rows = shown.map(async (runbook) => {
    const last = items.find((execution) => execution.runbook === runbook.name);
    return rowOf(runbook, await store.governance.scorecard(runbook.name), last);
  });
  return {
    search,
    rows: await Promise.all(rows),
    more: all.length - shown.length,
    resting: [...current.resting].map(([name, plugins]) => ({ name, plugins: plugins.join(', ') })),
    refused: status.problems.map(formatProblem),
    lastAttemptAt: status.lastAttemptAt,
    loadedAt: current.loadedAt,
    warnings: otherWarnings(current.warnings, current.resting),
  };
}

function rowOf(runbook: Runbook, scorecard: Scorecard, last: Execution | undefined) {
  const { name, title, owner, match } = runbook;
  return {
    name,
    title,
    owner,
    mode: effectiveMode(runbook, scorecard),
    lost: lostTrust(runbook, scorecard),
    match: match.map(formatMatcher),
    score: scoreWords(scorecard),
    last: last === undefined ? null : lastOf(last),
  };
}

/** One execution in a list. */
export function lastOf({ id, target, state, timeline }: Execution) {
  return { id, target, state: state.phase === 'closed' ? state.outcome : state.phase, at: timeline.openedAt };
}
