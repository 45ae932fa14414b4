import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, expect, it } from 'vitest';

// The examples of docs/writing-a-plugin.md, compiled and run as they stand there.
const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'writing-a-plugin.md'), 'utf8');
const [plugin, contract] = [...page.matchAll(/```ts\n(.*?)```/gs)].map((found) => found[1] ?? '');
const folder = join(root, '.tmp', `writing-a-plugin-${process.pid}`);
const files = { 'index.ts': plugin ?? '', 'contract.ts': contract ?? '' };

mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the examples compile', () => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
  const program = ts.createProgram(
    Object.keys(files).map((name) => join(folder, name)),
    options,
  );
  const found = ts.getPreEmitDiagnostics(program).filter(({ file }) => file?.fileName.startsWith(folder));
  expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
});

await import(/* @vite-ignore */ pathToFileURL(join(folder, 'contract.ts')).href);
