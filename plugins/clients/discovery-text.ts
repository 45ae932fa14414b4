import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, parseDocument, Scalar, visit } from 'yaml';
import { z } from 'zod';
import { PluginError } from '../../src/plugin-sdk/index.js';

/** A way to a value inside a file. */
export type Path = readonly (string | number)[];

/** How a file is written. */
export type Format = 'yaml' | 'json';

/** One value that is to be another; undefined takes it out. */
export interface Edit {
  readonly path: Path;
  readonly to: string | number | undefined;
}

/** All that a file says. */
export type Tree = z.infer<ReturnType<typeof z.json>>;

/**
 * Reads the text of a file that Envoy watches.
 *
 * @throws PluginError `not-understood`
 */
export function treeOf(text: string, format: Format): Tree {
  const tree = z.json().safeParse(format === 'json' ? fromJson(text) : fromYaml(text));
  if (!tree.success) throw notUnderstood('it has values that JSON does not know');
  return tree.data;
}

/**
 * Changes values in a text and leaves everything else as it is: comments and spelling in YAML, indentation in JSON.
 *
 * @throws PluginError `not-understood` when the result would differ from the original in anything else
 */
export function edited(
  seen: { readonly text: string; readonly tree: Tree },
  format: Format,
  edits: readonly Edit[],
): string {
  const wanted = structuredClone(seen.tree);
  // Protobuf's JSON may write a number as text: it stays so.
  const alike = edits.map((one) =>
    typeof valueAt(wanted, one.path) === 'string' && one.to !== undefined ? { ...one, to: String(one.to) } : one,
  );
  const made = format === 'json' ? editJson(seen.text, alike) : editYaml(seen.text, alike);
  for (const one of alike) put(wanted, one);
  if (isDeepStrictEqual(treeOf(made, format), wanted)) return made;
  throw notUnderstood('its layout does not let single values be changed');
}

/** Gives the next version: the last number in it, raised by one. */
export function nextVersion(version: string): string {
  const [, head = version, digits] = /^(.*?)(\d+)$/s.exec(version) ?? [];
  if (digits === undefined) return `${version}.1`;
  return head + String(BigInt(digits) + 1n).padStart(digits.length, '0');
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notUnderstood('it is no JSON');
  }
}

function fromYaml(text: string): unknown {
  try {
    const document = parseDocument(text);
    const [mistake] = document.errors;
    if (mistake !== undefined) throw notUnderstood(mistake.message.split('\n', 1)[0] ?? '');
    // One value in two places: changing one of them would change the other.
    const refuse = () => {
      throw notUnderstood('it has anchors or aliases');
    };
    visit(document, {
      Alias: refuse,
      Node: (_, node) => ('anchor' in node && node.anchor !== undefined ? refuse() : undefined),
    });
    return document.toJS();
  } catch (error) {
    throw error instanceof PluginError ? error : notUnderstood('it is no YAML');
  }
}

function editYaml(text: string, edits: readonly Edit[]): string {
  // Nothing but text: numbers, booleans and the like are written back exactly as they were.
  const document = parseDocument(text, { schema: 'failsafe' });
  for (const { path, to } of edits) {
    const node = document.getIn(path, true);
    const parent = document.getIn(path.slice(0, -1), true);
    if (to === undefined) document.deleteIn(path);
    else if (isScalar(node)) node.value = String(to);
    else if (isMap(parent)) parent.set(path.at(-1), new Scalar(String(to)));
  }
  return document.toString({ lineWidth: 0 });
}

function editJson(text: string, edits: readonly Edit[]): string {
  const tree = z.json().parse(JSON.parse(text));
  for (const one of edits) put(tree, one);
  const [, indent] = /^\s*\{\r?\n([ \t]+)/.exec(text) ?? [];
  return JSON.stringify(tree, null, indent) + (text.endsWith('\n') ? '\n' : '');
}

/** Puts a value into a tree, where the way to it is there; undefined takes it out. */
export function put(tree: Tree, { path, to }: Edit): void {
  const last = path.at(-1);
  const parent = valueAt(tree, path.slice(0, -1));
  if (parent === null || typeof parent !== 'object' || Array.isArray(parent) || typeof last !== 'string') return;
  if (to === undefined) delete parent[last];
  else parent[last] = to;
}

function valueAt(tree: Tree, path: Path): Tree | undefined {
  return path.reduce<Tree | undefined>((at, step) => {
    if (Array.isArray(at)) return typeof step === 'number' ? at[step] : undefined;
    return at !== null && typeof at === 'object' && typeof step === 'string' ? at[step] : undefined;
  }, tree);
}

/** Gives the same tree with all names in order, so that two that say the same are written the same. */
export function sorted(tree: Tree): Tree {
  if (Array.isArray(tree)) return tree.map(sorted);
  if (tree === null || typeof tree !== 'object') return tree;
  const entries = Object.entries(tree).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, sorted(value)]));
}

/** Makes the error for a file that is no such file. */
export function notUnderstood(why: string): PluginError {
  return new PluginError(
    'not-understood',
    `the file is no response that Envoy would take: ${why.slice(0, 300)}`,
    false,
  );
}
