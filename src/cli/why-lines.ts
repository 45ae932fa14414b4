import { z } from 'zod';
import { inOneLine, pairs } from './table.js';

const fact = z.object({ about: z.string(), says: z.string() });
const execution = z.object({
  kind: z.literal('execution'),
  id: z.string(),
  answer: z.string(),
  facts: z.array(fact),
  commands: z.array(z.object({ run: z.string(), does: z.string() })),
});
const alert = z.object({
  kind: z.literal('alert'),
  id: z.string(),
  answer: z.string(),
  facts: z.array(fact),
  runbooks: z.array(z.object({ runbook: z.string(), says: z.string(), facts: z.array(fact) })),
  misses: z.array(z.object({ runbook: z.string(), failed: z.array(z.string()) })),
});

/** What is read of the answer to "why?". */
export const whyAnswer = z.discriminatedUnion('kind', [execution, alert]);

/** The answer as it is read. */
export type WhyAnswer = z.output<typeof whyAnswer>;

type Fact = z.output<typeof fact>;

/** More runbooks than this that do not match are only counted. */
const MOST_MISSES = 5;

/** Writes the answer for a person who was woken: what matters first, each thing on a line of its own. */
export function whyLines(answer: WhyAnswer): string[] {
  const head = [inOneLine(answer.answer), '', ...factLines(answer.facts)];
  switch (answer.kind) {
    case 'execution':
      return [...head, ...section('It answers to', pairs(answer.commands.map(({ run, does }) => [does, run])))];
    case 'alert':
      return [...head, ...runbookLines(answer.runbooks), ...missLines(answer.misses)];
  }
}

/** What the only one says stands in the answer already. */
function runbookLines(runbooks: z.output<typeof alert>['runbooks']): string[] {
  return runbooks.flatMap(({ runbook, says, facts }) =>
    section(runbooks.length === 1 ? runbook : inOneLine(`${runbook} ${says}`), factLines(facts), runbooks.length > 1),
  );
}

function missLines(misses: z.output<typeof alert>['misses']): string[] {
  const lines = misses.slice(0, MOST_MISSES).map(({ runbook, failed }) => [runbook, failed.join(', and ')] as const);
  const rest = misses.length - lines.length;
  const others = rest > 0 ? [`and ${rest} more`] : [];
  return section('Not matching, the nearest first', [...pairs(lines), ...others]);
}

function factLines(facts: readonly Fact[]): string[] {
  return pairs(facts.map(({ about, says }) => [about, says]));
}

/** A title, and below it what belongs to it; without that only a title that says something itself. */
function section(title: string, lines: readonly string[], saysSomething = false): string[] {
  return lines.length === 0 && !saysSomething ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
