import { describe, expect, it } from 'vitest';
import { tableInDocs } from '../../test/scenarios/model/docs-table.js';
import { everyBeginning, explore } from '../../test/scenarios/model/explore.js';
import type { Instant } from './alert.js';
import { escalationOf } from './escalation.js';
import { extendedLease } from './evolve-holding.js';
import { hasBegun, type Evolved } from './evolved.js';
import { PHASES, type Execution, type Phase } from './execution.js';
import { nextMove } from './next-move.js';

/** What bears on the answer, beside the phase. */
function situationOf(execution: Execution): string {
  const { state, orders, mode } = execution;
  switch (state.phase) {
    case 'applying':
      return hasBegun(execution) ? 'a step was begun' : 'nothing was begun';
    case 'verifying':
      return mode === 'observe' ? 'observing' : 'something was changed';
    case 'holding':
      return `\`onResolved: ${orders.onResolved}\``;
    case 'planning':
    case 'awaiting-approval':
    case 'reverting':
    case 'held':
    case 'closed':
      return '';
  }
}

/** Says what became of an execution, from what it does afterwards. */
function answerOf(before: Execution, evolved: Evolved, at: Instant): string {
  if (!evolved.ok) return 'nothing: it is over, and the alert may open another one';
  const after = evolved.next;
  const { state } = after;
  if (state.phase === 'closed') return `ends as ${state.outcome}: ${state.detail}`;
  if (state.phase !== before.state.phase) return `goes on with ${state.phase}`;
  const longer = extendedLease(after, at) === undefined ? 'which is not extended any more' : 'which may be extended';
  if (state.phase === 'holding') {
    const move = nextMove(after, (state.clearSince ?? Infinity) + after.orders.clearForMs);
    const cleared = move.do === 'note' && move.event.type === 'clear-long-enough';
    const until = cleared ? 'until the alert stayed away for `clearFor`, at most ' : '';
    return `stays in force ${until}to the end of its lease, ${longer}`;
  }
  const next = escalationOf({ ...after, mode: 'auto', dryRun: false }, 'failed', '');
  const goesOn = state.phase === 'held' ? 'stays with a person' : 'goes on';
  return next === undefined ? `${goesOn}; whatever comes of it, no next runbook is opened` : goesOn;
}

function answers(): Map<Phase, Map<string, Set<string>>> {
  const table = new Map<Phase, Map<string, Set<string>>>();
  for (const beginning of [1, 2].flatMap(everyBeginning)) {
    explore(beginning, ({ before, event, at, evolved }) => {
      if (event.type !== 'alert-resolved') return;
      const row = table.get(before.state.phase) ?? new Map<string, Set<string>>();
      const cell = row.get(situationOf(before)) ?? new Set<string>();
      row.set(situationOf(before), cell.add(answerOf(before, evolved, at)));
      table.set(before.state.phase, row);
    });
  }
  return table;
}

describe('the table of resolves in docs/architecture.md', () => {
  const table = answers();
  const rows = PHASES.flatMap((phase) =>
    [...(table.get(phase) ?? [])]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([when, all]) => [phase, when, [...all].join(' *or* ')]),
  );

  it('has exactly one answer for each phase and situation', () => {
    expect([...new Set(rows.map(([phase]) => phase))]).toEqual([...PHASES]);
    for (const [phase, when, answer] of rows) expect(answer, `${phase} ${when}`).not.toContain(' *or* ');
  });

  it('says what evolve does; UPDATE_DOCS=1 npx vitest run src/core/resolve-table.spec.ts writes it anew', () => {
    const { is, wanted } = tableInDocs('resolves', [['phase', 'when', 'the execution'], ...rows]);
    expect(is).toBe(wanted);
  });
});
