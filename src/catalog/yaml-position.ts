import { isAlias, isMap, isNode, isScalar, isSeq, type Document, type Node, type Scalar } from 'yaml';

/** Keys and indexes from the root of a document down to a value. */
export type Path = readonly (string | number)[];

/** A place in a text, 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something wrong with a value of a document, before it is known where in the file that is. */
export interface Issue {
  readonly path: Path;
  readonly message: string;
  /** The key is wrong, not its value. */
  readonly onKey?: boolean;
  /** Where inside the text that stands at the path. */
  readonly within?: Position;
}

/** Writes a path as people do: `spec.steps[0].with`. */
export function formatPath(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

/** Finds where an issue stands; what is missing is reported where it should have been. */
export function positionOf(
  document: Document.Parsed,
  text: string,
  at: (offset: number) => Position,
  issue: Issue,
): Position {
  let value: Node | undefined = document.contents ?? undefined;
  let key: Node | undefined;
  for (const [depth, part] of issue.path.entries()) {
    const next = childOf(document, value, part);
    if (next === undefined) return at(startOf(depth > 0 && key !== undefined ? key : value));
    value = next.value;
    key = next.key;
  }
  if (issue.onKey === true && key !== undefined) return at(startOf(key));
  const target = value ?? key;
  return issue.within !== undefined && isScalar(target)
    ? insideText(target, text, at(startOf(target)), issue.within)
    : at(startOf(target));
}

/** Gives a value as it was written, before it was read as a number or anything else; undefined for lists and maps. */
export function writtenAt(document: Document.Parsed, path: Path): string | undefined {
  let value: Node | undefined = document.contents ?? undefined;
  for (const part of path) value = childOf(document, value, part)?.value;
  return isScalar(value) ? value.source : undefined;
}

function startOf(node: Node | undefined): number {
  return node?.range?.[0] ?? 0;
}

interface Child {
  readonly key?: Node | undefined;
  readonly value?: Node | undefined;
}

function childOf(document: Document.Parsed, parent: Node | undefined, part: string | number): Child | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  if (isSeq(node) && typeof part === 'number') {
    const value = node.items[part];
    return isNode(value) ? { value } : undefined;
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
  if (pair === undefined) return undefined;
  return { key: isNode(pair.key) ? pair.key : undefined, value: isNode(pair.value) ? pair.value : undefined };
}

/** A place inside a scalar; exact where the file shows the text as it is, otherwise the scalar's own place. */
function insideText(scalar: Scalar, text: string, start: Position, within: Position): Position {
  if (typeof scalar.value !== 'string') return start;
  const line = scalar.value.split('\n')[within.line - 1] ?? '';
  const isBlock = scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED';
  const row = start.line + (isBlock ? within.line : within.line - 1);
  const raw = text.split('\n')[row - 1] ?? '';
  const found = raw.indexOf(line, isBlock ? 0 : start.column - 1);
  return found < 0 ? start : { line: row, column: found + within.column };
}
