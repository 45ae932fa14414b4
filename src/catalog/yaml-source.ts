import { LineCounter, parseAllDocuments, type Document } from 'yaml';
import type { Json } from '../core/json.js';
import { jsonFrom, type TakenJson } from './json-from.js';
import type { Problem } from './problem.js';
import { positionOf, writtenAt, type Issue, type Path } from './yaml-position.js';

/** A YAML file as data, which still knows where everything stands. */
export interface YamlSource {
  readonly file: string;
  readonly value: Json;
  /** Gives an issue about the data its place in the file. */
  problem(issue: Issue): Problem;
  /** Gives a single value as it was written. */
  written(path: Path): string | undefined;
}

/** What came of reading a YAML file. */
export type ParsedYaml =
  { readonly ok: true; readonly source: YamlSource } | { readonly ok: false; readonly problems: readonly Problem[] };

/** No file that an operator writes is larger (256 KiB). */
export const MAX_FILE_BYTES = 256 * 1024;
const MAX_ALIASES = 100;

/**
 * Reads one YAML document strictly: no duplicate keys, no unknown tags, few aliases, nothing that JSON cannot hold.
 *
 * @param file name for messages
 * @param text contents of the file
 */
export function parseYaml(file: string, text: string): ParsedYaml {
  const fail = (message: string, line = 1, column = 1): ParsedYaml => ({
    ok: false,
    problems: [{ file, line, column, message }],
  });
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) return fail(`larger than ${MAX_FILE_BYTES / 1024} KiB`);
  const control = text.search(/[^\P{Cc}\t\n\r]/u);
  if (control >= 0) {
    const before = text.slice(0, control).split('\n');
    return fail('a control character stands here', before.length, (before.at(-1)?.length ?? 0) + 1);
  }
  const lines = new LineCounter();
  const documents = documentsIn(text, lines);
  if (documents === undefined) return fail('nested too deeply');
  const [document, second] = documents;
  if (document === undefined) return fail('the file is empty');
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems = [...document.errors, ...document.warnings].map(({ message, pos }) => ({
    file,
    ...at(pos[0]),
    message,
  }));
  if (second !== undefined) {
    const { line, column } = at(second.range[0]);
    problems.push({ file, line, column, message: 'a second document begins here: write one per file' });
  }
  if (problems.length > 0) return { ok: false, problems };
  const value = valueOf(document);
  if (!value.ok) {
    const { line, column } = positionOf(document, text, at, { path: value.path, message: '' });
    return fail(value.detail, line, column);
  }
  return {
    ok: true,
    source: {
      file,
      value: value.json,
      problem: (issue) => ({ file, ...positionOf(document, text, at, issue), message: issue.message }),
      written: (path) => writtenAt(document, path),
    },
  };
}

function documentsIn(text: string, lineCounter: LineCounter): Document.Parsed[] | undefined {
  try {
    return [...parseAllDocuments(text, { lineCounter, stringKeys: true, uniqueKeys: true, prettyErrors: false })];
  } catch (error) {
    // The composer recurses: thousands of opening brackets exhaust the stack.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function valueOf(document: Document.Parsed): TakenJson {
  try {
    return jsonFrom(document.toJS({ maxAliasCount: MAX_ALIASES }));
  } catch (error) {
    if (error instanceof ReferenceError)
      return { ok: false, detail: `too many aliases (*name): ${error.message}`, path: [] };
    if (error instanceof RangeError) return { ok: false, detail: 'nested too deeply', path: [] };
    throw error;
  }
}
