import { parser } from '@prometheus-io/lezer-promql';

/** A node of what Prometheus' own grammar makes of a text. */
export type Syntax = ReturnType<typeof parser.parse>['topNode'];

/** A text with what it was read as. */
export interface Source {
  readonly text: string;
  readonly top: Syntax;
  /** The first place that is not PromQL. */
  readonly wrongAt?: { readonly from: number; readonly to: number };
}

/** What is longer is not gone on with behind a mistake: to find out what might have been meant takes a tenth of a second. */
const LONG = 500;
const strict = parser.configure({ strict: true });

/** Nobody nests as much, and the grammar takes long for it; what stands in quotes is not counted. */
const MOST_OPENED = 200;
const QUOTED = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`/g;

/** Reads a text by Prometheus' own grammar; it takes time in proportion to its length, whatever it says. */
export function readSyntax(text: string): Source {
  const stop = text.length > LONG ? stopIn(text) : undefined;
  if (stop !== undefined) return { text, top: parser.parse('').topNode, wrongAt: { from: stop, to: stop } };
  const tree = parser.parse(text);
  let wrongAt: Source['wrongAt'];
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) wrongAt ??= { from, to };
      return wrongAt === undefined;
    },
  });
  return { text, top: tree.topNode, ...(wrongAt === undefined ? {} : { wrongAt }) };
}

/** Where a long text stops being one that is read; undefined where it is read to its end. */
function stopIn(text: string): number | undefined {
  const opened = [...text.replaceAll(QUOTED, (all) => ' '.repeat(all.length)).matchAll(/\(/g)];
  if (opened.length > MOST_OPENED) return opened[MOST_OPENED]?.index;
  try {
    strict.parse(text);
    return undefined;
  } catch (error) {
    const [, at = '0'] = /at (\d+)$/.exec(error instanceof Error ? error.message : '') ?? [];
    return Number(at);
  }
}

/** The nodes right below one, comments aside. */
export function childrenOf(node: Syntax): Syntax[] {
  const all: Syntax[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (child.name !== 'LineComment') all.push(child);
  return all;
}

/** What stands there. */
export function textOf({ text }: Pick<Source, 'text'>, { from, to }: Pick<Syntax, 'from' | 'to'>): string {
  return text.slice(from, to);
}

/** Says where something is, as Prometheus does: line and column from 1. */
export function placeOf(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

/** Says what is not PromQL, as Prometheus does. */
export function sayWrong({ text, wrongAt = { from: 0, to: 0 } }: Source): string {
  if (text.replaceAll(/#.*/g, '').trim() === '') return '1:1: parse error: no expression found in input';
  const from = wrongAt.from + (/^\s*/.exec(text.slice(wrongAt.from))?.[0].length ?? 0);
  const [found = ''] = /^(?:\w+|\S)/.exec(text.slice(from)) ?? [];
  const what = found === '' ? 'end of input' : JSON.stringify(found.slice(0, 60));
  return `${placeOf(text, found === '' ? wrongAt.from : from)}: parse error: unexpected ${what}`;
}
