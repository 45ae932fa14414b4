import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../test/scenarios/model/events.js';
import { everyBeginning, explore } from '../../test/scenarios/model/explore.js';
import type { EventType } from './event.js';
import { PHASES, type Phase } from './execution.js';

const page = new URL('../../docs/architecture.md', import.meta.url);
const [BEGIN, END] = ['<!-- transitions -->', '<!-- /transitions -->'];

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

/** Writes the table in the way that Prettier leaves alone. */
function asMarkdown(table: ReturnType<typeof transitions>): string {
  const rows = EVENT_TYPES.filter((type) => type !== 'opened').map((type) => [
    `\`${type}\``,
    ...PHASES.map((phase) => PHASES.filter((next) => table.get(type)?.get(phase)?.has(next)).join(', ') || '-'),
  ]);
  const cells = [['event', ...PHASES], ...rows];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[], fill: string): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0, fill)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [
    line(head, ' '),
    line(
      head.map(() => ''),
      '-',
    ),
    ...body.map((row) => line(row, ' ')),
  ].join('\n');
}

describe('the table of transitions in docs/architecture.md', () => {
  const table = transitions();
  const wanted = `${BEGIN}\n\n${asMarkdown(table)}\n\n${END}`;

  it('says what evolve does; UPDATE_DOCS=1 npx vitest run src/core/transition-table.spec.ts writes it anew', () => {
    const text = readFileSync(page, 'utf8');
    const [before, rest = ''] = text.split(BEGIN);
    const [, after] = rest.split(END);
    expect(after, `${page.pathname} holds ${BEGIN} and ${END}`).toBeDefined();
    const renewed = `${before}${wanted}${after}`;
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, renewed);
    expect(readFileSync(page, 'utf8')).toBe(renewed);
  });

  it('has an answer to every event in some phase, and every phase but closed is left by some event', () => {
    expect(EVENT_TYPES.filter((type) => type !== 'opened' && !table.has(type))).toEqual([]);
    const left = (phase: Phase): boolean =>
      [...table.values()].some((row) => [...(row.get(phase) ?? [])].some((next) => next !== phase));
    expect(PHASES.filter((phase) => !left(phase))).toEqual([]);
  });

  it('I10: leaves the kill switch no way round: nothing but an intent of its own begins a step', () => {
    for (const [type, row] of table) {
      if (row.get('awaiting-approval')?.has('applying')) expect(type).toBe('approved');
      if (row.get('planning')?.has('applying')) expect(type).toBe('planned');
    }
  });
});
