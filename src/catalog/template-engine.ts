import type { Json } from '../core/json.js';
import { isList } from '../core/json.js';
import type { Rendered, Scope, Template } from '../core/template.js';
import { inspectQuery, type Inspect } from './inspect-query.js';
import { COMPILE_OPTIONS, handlebars } from './template-helpers.js';
import { parseTemplate, ROOTS, type Hole, type Mistake, type ParsedTemplate, type Roots } from './template-syntax.js';
import { readValue } from './template-value.js';
import type { Path } from './yaml-position.js';

/** A mistake in a template, with the way to the leaf it stands in. */
export interface PlacedMistake extends Mistake {
  readonly path: Path;
  /** It stands in the last key of the path. */
  readonly onKey?: boolean;
}

/** What came of compiling a template: it, and whether it has anything to fill in; or all mistakes. */
export type Compiled<T> =
  | { readonly ok: true; readonly template: Template<T>; readonly isStatic: boolean }
  | { readonly ok: false; readonly mistakes: readonly PlacedMistake[] };

const START = { line: 1, column: 1 };

type Fill<T> = (scope: Scope) => Rendered<T>;
type Leaf<T> = { readonly isStatic: true; readonly value: T } | { readonly isStatic: false; readonly fill: Fill<T> };

/**
 * Compiles a text with places to fill in.
 *
 * @param text as the operator wrote it
 * @param inspect looks at every filled-in value; all may pass when left out
 * @param roots what it may read
 */
export function compileText(text: string, inspect?: Inspect, roots: Roots = ROOTS): Compiled<string> {
  const mistakes: PlacedMistake[] = [];
  const leaf = compileLeaf(text, [], { mistakes, roots }, inspect && (() => inspect));
  return finish(text, leaf, mistakes);
}

/** One place of a text that is filled in. */
export interface Blank {
  /** What it reads, for example `labels` and `service`. */
  readonly path: readonly string[];
  fill(scope: Scope): Rendered<string>;
}

/**
 * Compiles a text whose parts are put together by whoever asks, because what is filled in means something else to them than
 * what the operator wrote.
 *
 * @param text as the operator wrote it
 */
export function compilePieces(
  text: string,
): { readonly ok: true; readonly pieces: readonly (string | Blank)[] } | Extract<ParsedTemplate, { ok: false }> {
  const parsed = parseTemplate(text, ROOTS);
  if (!parsed.ok) return parsed;
  const pieces = parsed.parts.map((part) =>
    typeof part === 'string' ? part : { path: part.path, fill: fillerOf(part, undefined) },
  );
  return { ok: true, pieces };
}

/**
 * Compiles a tree of parameters whose leaf texts may have places to fill in; keys never have.
 *
 * @param roots what its templates may read
 */
export function compileJson(tree: Json, roots: Roots = ROOTS): Compiled<Json> {
  const mistakes: PlacedMistake[] = [];
  const leaf = compileTree(tree, [], { mistakes, roots });
  return finish(tree, leaf, mistakes);
}

function finish<T extends Json>(source: Json, leaf: Leaf<T>, mistakes: readonly PlacedMistake[]): Compiled<T> {
  if (mistakes.length > 0) return { ok: false, mistakes };
  if (!leaf.isStatic) return { ok: true, isStatic: false, template: { source, render: leaf.fill } };
  const rendered: Rendered<T> = { ok: true, value: leaf.value };
  return { ok: true, isStatic: true, template: { source, render: () => rendered } };
}

/** What compiling goes by, and what it finds. */
interface Work {
  readonly mistakes: PlacedMistake[];
  readonly roots: Roots;
}

function compileTree(tree: Json, path: Path, work: Work): Leaf<Json> {
  if (typeof tree === 'string') return compileLeaf(tree, path, work, isQuery(path.at(-1)) ? inspectQuery : undefined);
  if (tree === null || typeof tree !== 'object') return { isStatic: true, value: tree };
  if (isList(tree)) {
    const members = tree.map((member, i) => compileTree(member, [...path, i], work));
    const fixed = constants(members);
    return fixed === undefined
      ? { isStatic: false, fill: (scope) => fillList(members, scope) }
      : { isStatic: true, value: Object.freeze(fixed) };
  }
  const keys = Object.keys(tree);
  for (const key of keys.filter((one) => one.includes('{{'))) {
    work.mistakes.push({
      path: [...path, key],
      onKey: true,
      within: START,
      message: 'templates stand in values, never in keys',
    });
  }
  const members = Object.entries(tree).map(([key, member]) => compileTree(member, [...path, key], work));
  const fixed = constants(members);
  return fixed === undefined
    ? { isStatic: false, fill: (scope) => fillMap(keys, members, scope) }
    : { isStatic: true, value: Object.freeze(mapOf(keys, fixed)) };
}

/** Keys under which plugins take PromQL. */
function isQuery(key: string | number | undefined): boolean {
  return key === 'query' || key === 'load' || key === 'takes';
}

function constants(leaves: readonly Leaf<Json>[]): Json[] | undefined {
  const values = leaves.filter((leaf) => leaf.isStatic).map((leaf) => leaf.value);
  return values.length === leaves.length ? values : undefined;
}

function mapOf(keys: readonly string[], values: readonly Json[]): { [key: string]: Json } {
  return Object.fromEntries(keys.map((key, i) => [key, values[i] ?? null]));
}

function fillList(members: readonly Leaf<Json>[], scope: Scope): Rendered<Json[]> {
  const list: Json[] = [];
  for (const member of members) {
    const filled = fillLeaf(member, scope);
    if (!filled.ok) return filled;
    list.push(filled.value);
  }
  return { ok: true, value: list };
}

function fillMap(keys: readonly string[], members: readonly Leaf<Json>[], scope: Scope): Rendered<Json> {
  const filled = fillList(members, scope);
  return filled.ok ? { ok: true, value: mapOf(keys, filled.value) } : filled;
}

function fillLeaf<T>(leaf: Leaf<T>, scope: Scope): Rendered<T> {
  return leaf.isStatic ? { ok: true, value: leaf.value } : leaf.fill(scope);
}

function compileLeaf(
  text: string,
  path: Path,
  { mistakes, roots }: Work,
  inspectAt?: (before: string) => Inspect,
): Leaf<string> {
  if (!text.includes('{{')) return { isStatic: true, value: text };
  const parsed = parseTemplate(text, roots);
  if (!parsed.ok) {
    mistakes.push(...parsed.mistakes.map((mistake) => ({ ...mistake, path })));
    return { isStatic: true, value: text };
  }
  let before = '';
  const pieces = parsed.parts.map((part) => {
    if (typeof part !== 'string') return fillerOf(part, part.single ? inspectAt?.(before) : undefined);
    before += part;
    return part;
  });
  const fixed = pieces.filter((piece) => typeof piece === 'string');
  return fixed.length === pieces.length
    ? { isStatic: true, value: fixed.join('') }
    : { isStatic: false, fill: (scope) => fillText(pieces, scope) };
}

function fillText(pieces: readonly (string | Fill<string>)[], scope: Scope): Rendered<string> {
  let text = '';
  for (const piece of pieces) {
    const filled: Rendered<string> = typeof piece === 'string' ? { ok: true, value: piece } : piece(scope);
    if (!filled.ok) return filled;
    text += filled.value;
  }
  return { ok: true, value: text };
}

function fillerOf(hole: Hole, inspect: Inspect | undefined): Fill<string> {
  const run = handlebars.compile<object>(hole.program, COMPILE_OPTIONS);
  const name = hole.path.join('.');
  return (scope) => {
    const read = readValue(hole, scope);
    if (!read.ok) return read;
    const text = attempt(() => run(read.value));
    if (text === undefined) return { ok: false, detail: `${name} cannot be written into this place` };
    const objection = inspect?.(text);
    return objection === undefined ? { ok: true, value: text } : { ok: false, detail: `${name} ${objection}` };
  };
}

/** A lone surrogate in a label makes `urlencode` throw; that is a refusal like any other. */
function attempt(run: () => string): string | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
