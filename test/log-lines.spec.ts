import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parseFile, placeOf, sourceFiles } from './architecture/source-files.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const docs = readFileSync(`${root}docs/logs.md`, 'utf8');

/** What is said as an error, with its place: `log.error(...)` and lines whose level is said in data. */
function errorsIn(file: ts.SourceFile): { message: string; place: string }[] {
  const found: { message: string; place: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /\blog\.error$/.test(node.expression.getText())) {
      const text = [...node.arguments].map(textOf).find((one) => one !== undefined);
      // what Nest says comes from elsewhere
      if (text !== undefined) found.push({ message: text, place: placeOf(node) });
    }
    node.forEachChild(visit);
  };
  visit(file);
  return found;
}

/** The fixed beginning of a text. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  return ts.isTemplateExpression(node) ? node.head.text : undefined;
}

/** Lines whose level is chosen by what happened; their sentences are read from the file. */
const CHOSEN = {
  'src/telemetry/log-line.ts': ['held: a person must decide (retry, revert or accept)'],
  'src/telemetry/reporter.ts': ['did harm', 'until a person restores its trust it goes no further'],
};

describe('the page about the log', () => {
  const said = sourceFiles(root, ['src'])
    .filter((path) => readFileSync(`${root}${path}`, 'utf8').includes('log.error('))
    .flatMap((path) => errorsIn(parseFile(root, path)));
  const table = [...docs.matchAll(/^\| (?<message>[^|`]+?) +\| [^|]+\|$/gm)]
    .map(({ groups }) => groups?.['message'] ?? '')
    .filter((message) => !['error', 'field', 'level'].includes(message) && !message.startsWith('---'));

  it('says of every error in the code what a person must do', () => {
    expect(said.length).toBeGreaterThan(5);
    const missing = said.filter(({ message }) => !table.some((known) => message.startsWith(known)));
    expect(missing).toEqual([]);
  });

  it.each(Object.entries(CHOSEN))('and of those that %s chooses', (path, sentences) => {
    const text = readFileSync(`${root}${path}`, 'utf8');
    for (const sentence of sentences) {
      expect(text).toContain(sentence);
      expect(table.some((known) => known.includes(sentence))).toBe(true);
    }
  });

  it('names no error that is gone', () => {
    const chosen = Object.values(CHOSEN).flat();
    const gone = table.filter(
      (known) => !said.some(({ message }) => message.startsWith(known)) && !chosen.some((one) => known.includes(one)),
    );
    expect(gone).toEqual([]);
  });

  it('shows a pipeline for Elastic that is JSON', () => {
    const [, , pipeline] = docs.split('```json');
    expect(() => void JSON.parse(pipeline!.split('```')[0]!)).not.toThrow();
  });
});
