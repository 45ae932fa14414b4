import { describe, expect, it } from 'vitest';
import { tableInDocs } from '../../test/scenarios/model/docs-table.js';
import { EVENT_TYPES } from '../../test/scenarios/model/events.js';
import { everyBeginning, explore } from '../../test/scenarios/model/explore.js';
import type { EventType } from './event.js';
import { PHASES, type Phase } from './execution.js';

/** For each event and phase all phases that may come next; none where it is refused. */
function transitions(): Map<EventType, Map<Phase, Set<Phase>>> {
  const table = new Map<EventType, Map<Phase, Set<Phase>>>();
  for (const beginning of [1, 2].flatMap(everyBeginning)) {
    explore(beginning, ({ before, event, evolved }) => {
      if (!evolved.ok) return;
      const row = table.get(event.type) ?? new Map<Phase, Set<Phase>>();
      const cell = row.get(before.state.phase) ?? new Set<Phase>();
      table.set(event.type, row.set(before.state.phase, cell.add(evolved.next.state.phase)));
    });
  }
  return table;
}

describe('the table of transitions in docs/architecture.md', () => {
  const table = transitions();

  it('says what evolve does; UPDATE_DOCS=1 npx vitest run src/core/transition-table.spec.ts writes it anew', () => {
    const rows = EVENT_TYPES.filter((type) => type !== 'opened').map((type) => [
      `\`${type}\``,
      ...PHASES.map((phase) => PHASES.filter((next) => table.get(type)?.get(phase)?.has(next)).join(', ') || '-'),
    ]);
    const { is, wanted } = tableInDocs('transitions', [['event', ...PHASES], ...rows]);
    expect(is).toBe(wanted);
  });

  it('has an answer to every event in some phase, and every phase but closed is left by some event', () => {
    expect(EVENT_TYPES.filter((type) => type !== 'opened' && !table.has(type))).toEqual([]);
    const left = (phase: Phase): boolean =>
      [...table.values()].some((row) => [...(row.get(phase) ?? [])].some((next) => next !== phase));
    expect(PHASES.filter((phase) => !left(phase))).toEqual([]);
  });

  it('I8, I10: leaves no way round: only a plan leads to the beginning, and only an intent of its own begins a step', () => {
    for (const [type, row] of table) {
      if (row.get('awaiting-approval')?.has('applying')) expect(type).toBe('planned');
      if (row.get('planning')?.has('applying')) expect(type).toBe('planned');
    }
  });
});
