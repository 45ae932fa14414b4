import type { Labels } from '../core/alert.js';
import { matchesAll, type Matcher } from '../core/matcher.js';
import type { Runbook } from '../core/runbook.js';

/**
 * Finds the runbooks that match an alert without looking at those that cannot: each stands under the values of its most
 * selective matcher, and only what stands under the alert's own labels is looked at.
 */
export class MatchIndex {
  private readonly byLabel = new Map<string, Map<string, Runbook[]>>();
  /** Runbooks that no equality binds; every alert is held against them. */
  private readonly unbound: Runbook[] = [];

  /** @param runbooks all of them, in any order */
  constructor(runbooks: readonly Runbook[]) {
    const crowd = countUses(runbooks);
    for (const runbook of [...runbooks].sort(inOrder)) {
      const binding = mostSelective(runbook.match, crowd);
      if (binding === undefined) this.unbound.push(runbook);
      else for (const value of binding.values) this.bucket(binding.name, value).push(runbook);
    }
  }

  /** Gives the runbooks whose matchers all hold: highest priority first, then by name. */
  candidates(labels: Labels): Runbook[] {
    const possible = [...this.unbound];
    // every alert of every webhook comes through here: one look for each label, and nothing is copied
    for (const name in labels) {
      const bound = this.byLabel.get(name)?.get(labels[name] ?? '');
      if (bound !== undefined) possible.push(...bound);
    }
    return possible.filter((runbook) => matchesAll(runbook.match, labels)).sort(inOrder);
  }

  private bucket(name: string, value: string): Runbook[] {
    const values = this.byLabel.get(name) ?? new Map<string, Runbook[]>();
    this.byLabel.set(name, values);
    const bucket = values.get(value) ?? [];
    values.set(value, bucket);
    return bucket;
  }
}

interface Binding {
  readonly name: string;
  readonly values: readonly string[];
}

function inOrder(a: Runbook, b: Runbook): number {
  return b.priority - a.priority || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

/** The only values for which a matcher can hold, when they can be listed. */
function bindingOf(matcher: Matcher): Binding | undefined {
  if (matcher.value === '') return undefined;
  if (matcher.op === '=') return { name: matcher.name, values: [matcher.value] };
  const isList = matcher.op === '=~' && /^[\w-]+(\|[\w-]+)*$/.test(matcher.value);
  return isList ? { name: matcher.name, values: [...new Set(matcher.value.split('|'))] } : undefined;
}

function keysOf({ name, values }: Binding): string[] {
  return values.map((value) => JSON.stringify([name, value]));
}

function countUses(runbooks: readonly Runbook[]): Map<string, number> {
  const uses = new Map<string, number>();
  const bindings = runbooks.flatMap((runbook) => runbook.match.flatMap((matcher) => bindingOf(matcher) ?? []));
  for (const key of bindings.flatMap(keysOf)) uses.set(key, (uses.get(key) ?? 0) + 1);
  return uses;
}

function mostSelective(matchers: readonly Matcher[], uses: ReadonlyMap<string, number>): Binding | undefined {
  const crowd = (binding: Binding): number => keysOf(binding).reduce((sum, key) => sum + (uses.get(key) ?? 0), 0);
  const bindings = matchers.flatMap((matcher) => bindingOf(matcher) ?? []);
  return bindings.sort((a, b) => crowd(a) - crowd(b))[0];
}
