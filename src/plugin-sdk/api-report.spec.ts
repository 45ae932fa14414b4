import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const file = join(import.meta.dirname, 'api.report.md');
const ENTRIES = { 'firebreak/plugin-sdk': 'src/plugin-sdk/index.ts', 'firebreak/testing': 'src/testing/index.ts' };
const HEAD = `# The public surface of the SDK

Everything that plugins and their tests may import, as the compiler sees it. What changes here changes for every plugin: it goes
into the changelog, and what takes something away needs a new number in \`sdk\`. Written by
\`UPDATE_DOCS=1 npx vitest run src/plugin-sdk/api-report.spec.ts\`.
`;

const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
const program = ts.createProgram(
  Object.values(ENTRIES).map((entry) => join(root, entry)),
  { ...options, noEmit: false, declaration: true, sourceMap: false },
);
const checker = program.getTypeChecker();
const printer = ts.createPrinter({ removeComments: true });
const declarations = new Map<string, ts.SourceFile>();

/** The declarations of a file, without what is behind them. */
function declaredBy(source: ts.SourceFile): ts.SourceFile {
  const known = declarations.get(source.fileName);
  if (known !== undefined) return known;
  let text = '';
  program.emit(source, (name, written) => void (name.endsWith('.d.ts') && (text = written)), undefined, true);
  const made = ts.createSourceFile(`${source.fileName}.d.ts`, text, ts.ScriptTarget.ES2023, true);
  declarations.set(source.fileName, made);
  return made;
}

function nameOf(statement: ts.Statement): string | undefined {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]?.name.getText();
  const named =
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement);
  return named ? statement.name?.getText() : undefined;
}

function entryOf(exported: ts.Symbol): string {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const [source] = (symbol.declarations ?? []).map((declaration) => declaration.getSourceFile());
  if (source === undefined) throw new Error(`${exported.name} is declared nowhere`);
  const declared = declaredBy(source);
  const shown = declared.statements
    .filter((statement) => nameOf(statement) === symbol.name)
    .map((statement) => printer.printNode(ts.EmitHint.Unspecified, statement, declared));
  const doc = ts.displayPartsToString(symbol.getDocumentationComment(checker)).replaceAll(/\s+/g, ' ');
  const [sentence = ''] = doc.split(/(?<=[.]) /);
  return `### ${exported.name}\n\n${sentence}\n\n\`\`\`ts\n${shown.join('\n')}\n\`\`\`\n`;
}

function surface(name: string, entry: string): string {
  const source = program.getSourceFile(join(root, entry));
  const symbol = source && checker.getSymbolAtLocation(source);
  if (symbol === undefined) throw new Error(`${entry} exports nothing`);
  const all = checker.getExportsOfModule(symbol).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return `## ${name}\n\n${all.map(entryOf).join('\n')}`;
}

it('the public surface is the one that is written down; UPDATE_DOCS=1 writes it anew', async () => {
  const sections = Object.entries(ENTRIES).map(([name, entry]) => surface(name, entry));
  const report = await format([HEAD, ...sections].join('\n'), { ...(await resolveConfig(file)), filepath: file });
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, report);
  expect(readFileSync(file, 'utf8')).toBe(report);
});
