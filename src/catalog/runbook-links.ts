import { basename } from 'node:path';
import type { Problem } from './problem.js';
import type { RunbookGlance } from './runbook-glance.js';
import { dnsLabel } from './schema-fields.js';
import { nearest, unknownWord } from './suggestion.js';
import type { YamlSource } from './yaml-source.js';

const MOST_LISTED = 20;

/** A place where one runbook names another. */
export interface Link {
  readonly key: 'spec.escalate' | 'spec.guards.storm.propose';
  /** Name of the other. */
  readonly to: string;
  readonly at: Problem;
}

/** What of a file matters to the others of its folder. */
export interface Linked {
  readonly file: string;
  /** Its name, when it can be made out. */
  readonly name?: { readonly text: string };
  readonly links: readonly Link[];
}

/** Finds where a runbook names others. */
export function linksIn({ spec }: RunbookGlance, source: YamlSource): Link[] {
  const link = (key: Link['key'], to: unknown): Link[] =>
    isName(to) ? [{ key, to, at: source.problem({ path: key.split('.'), message: '' }) }] : [];
  return [...link('spec.escalate', spec.escalate), ...link('spec.guards.storm.propose', spec.guards.storm?.propose)];
}

/** Any other text is found by the schema. */
function isName(value: unknown): value is string {
  return dnsLabel.safeParse(value).success;
}

/** Finds links that lead nowhere, to the runbook itself, or round in a circle. */
export function checkLinks(files: readonly Linked[]): Problem[] {
  // A file without a readable name has a problem of its own; those that mean it should not get one for that.
  const known = new Map(files.map((one) => [one.name?.text ?? basename(one.file, '.yaml'), one]));
  const lost = files.flatMap(({ name, links }) =>
    links.flatMap(({ key, to, at }): Problem[] => {
      const refuse = (why: string): Problem[] => [{ ...at, message: `${key}: ${why}` }];
      if (to === name?.text) return refuse('must name another runbook, not this one');
      return known.has(to) ? [] : refuse(unknownRunbook(to, [...known.keys()]));
    }),
  );
  return [...lost, ...circles(known)];
}

/** Ten thousand names help nobody. */
function unknownRunbook(name: string, known: readonly string[]): string {
  const guess = nearest(name, known);
  if (known.length <= MOST_LISTED) return unknownWord('unknown runbook', name, known, 'known');
  return `unknown runbook "${name}"${guess === undefined ? '' : `: did you mean "${guess}"?`}`;
}

/** Every circle once: an alert must come to an end of helpers. */
function circles(known: ReadonlyMap<string, Linked>): Problem[] {
  const done = new Set<string>();
  return [...known.keys()].flatMap((start) => {
    const way: string[] = [];
    let here: string | undefined = start;
    while (here !== undefined && !done.has(here)) {
      done.add(here);
      way.push(here);
      here = escalation(known.get(here))?.to;
    }
    const begin = here === undefined ? -1 : way.indexOf(here);
    const circle = begin < 0 ? [] : way.slice(begin);
    const at = circle.length < 2 ? undefined : escalation(known.get(circle[0] ?? ''))?.at;
    if (at === undefined) return [];
    return [{ ...at, message: `spec.escalate: goes round in a circle: ${[...circle, circle[0]].join(' -> ')}` }];
  });
}

function escalation(file: Linked | undefined): Link | undefined {
  return file?.links.find((link) => link.key === 'spec.escalate');
}
