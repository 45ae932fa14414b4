import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultClauses } from './architecture/default-clauses.js';
import { importViolations } from './architecture/import-violations.js';
import { parseFile, sourceFiles } from './architecture/source-files.js';
import { undocumentedExports } from './architecture/undocumented-exports.js';

const root = join(import.meta.dirname, '..');
const parse = (text: string): ts.SourceFile => ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest, true);

describe('imports', () => {
  it('of src and plugins keep to the rules', { timeout: 120_000 }, async () => {
    expect(await importViolations(root, ['src', 'plugins'])).toEqual([]);
  });

  describe('that break a rule are found:', () => {
    let tree: string;
    let found: string[];
    // Each file of this small tree breaks the rule that the table names, and 'none' breaks none.
    const files: Record<string, [rule: string, text: string]> = {
      'src/core/reads-files.ts': [
        'core-is-pure',
        `import { readFileSync } from 'node:fs'; export const a = readFileSync;`,
      ],
      'src/core/knows-nest.ts': ['core-is-pure', `import { Module } from '@nestjs/common'; export const a = Module;`],
      'src/core/knows-engine.ts': ['core-is-pure', `import type { E } from '../engine/good.js'; export type A = E;`],
      'src/core/good.ts': [
        'none',
        `import { RE2JS } from 're2js'; import { sha256 } from '@noble/hashes/sha2.js'; export type A = [RE2JS, typeof sha256];`,
      ],
      'src/core/good.spec.ts': ['none', `import { readFileSync } from 'node:fs'; export const a = readFileSync;`],
      'src/engine/good.conformance.ts': ['none', `import { it } from 'vitest'; export const a = it;`],
      'src/plugin-sdk/good.ts': ['none', `import type { A } from '../core/good.js'; export type S = A;`],
      'src/plugin-sdk/bad.ts': [
        'the-sdk-stands-on-core',
        `import type { E } from '../engine/good.js'; export type S = E;`,
      ],
      'src/plugin-host/good.ts': ['none', `import type { S } from '../plugin-sdk/good.js'; export type H = S;`],
      'src/plugin-host/bad.ts': [
        'the-host-stands-on-core-and-sdk',
        `import type { I } from '../intake/good.js'; export type H = I;`,
      ],
      'src/engine/good.ts': ['none', `import type { H } from '../plugin-host/good.js'; export type E = H;`],
      'src/engine/bad.ts': [
        'the-engine-stands-on-core-and-host',
        `import type { I } from '../intake/good.js'; export type E = I;`,
      ],
      'src/watch/good.ts': ['none', `import type { H } from '../plugin-host/good.js'; export type W = H;`],
      'src/watch/bad.ts': ['the-watch-only-looks', `import type { E } from '../engine/good.js'; export type W = E;`],
      'src/intake/good.ts': ['none', `import type { E } from '../engine/good.js'; export type I = E;`],
      'src/intake/bad.ts': [
        'nobody-imports-the-app-module',
        `import { app } from '../app.module.js'; export const a = app;`,
      ],
      'src/intake/tested.ts': [
        'the-product-does-not-know-its-tests',
        `import { t } from '../../test/t.js'; export const a = t;`,
      ],
      'src/intake/missing.ts': ['must-exist', `import { t } from './nowhere.js'; export const a = t;`],
      'src/intake/one.ts': ['no-cycles', `import { two } from './two.js'; export const one = (): unknown => two;`],
      // A cycle is reported once, at its first file.
      'src/intake/two.ts': ['none', `import { one } from './one.js'; export const two = (): unknown => one;`],
      'src/intake/dev.ts': ['no-development-packages', `import { it } from 'vitest'; export const a = it;`],
      'src/app.module.ts': ['none', `export const app = 1;`],
      'src/start/service.ts': ['none', `import { app } from '../app.module.js'; export const a = app;`],
      'plugins/throttle/good.ts': [
        'none',
        `import net from 'node:net'; import { z } from 'zod'; import type { S } from '../../src/plugin-sdk/good.js';
         import { c } from '../clients/c.js'; export type A = [S, typeof net, typeof z, typeof c];`,
      ],
      'plugins/throttle/core.ts': [
        'plugins-know-only-the-sdk',
        `import type { A } from '../../src/core/good.js'; export type B = A;`,
      ],
      'plugins/throttle/other.ts': [
        'plugins-know-only-the-sdk',
        `import type { A } from '../notify/good.js'; export type B = A;`,
      ],
      'plugins/notify/good.ts': ['none', `export type A = 1;`],
      'plugins/clients/c.ts': ['none', `export const c = 1;`],
      'test/t.ts': ['none', `export const t = 1;`],
    };
    const packages = ['re2js', '@noble/hashes', '@nestjs/common', 'zod', 'vitest'];

    beforeAll(async () => {
      tree = mkdtempSync(join(tmpdir(), 'firebreak-imports-'));
      for (const [path, [, text]] of Object.entries(files)) {
        mkdirSync(dirname(join(tree, path)), { recursive: true });
        writeFileSync(join(tree, path), text);
      }
      cpSync(join(root, 'package.json'), join(tree, 'package.json'));
      for (const name of packages) writePackage(name);
      found = await importViolations(tree, ['src', 'plugins']);
    }, 120_000);

    afterAll(() => rmSync(tree, { recursive: true, force: true }));

    function writePackage(name: string): void {
      const folder = join(tree, 'node_modules', name);
      mkdirSync(folder, { recursive: true });
      const exports = { '.': './index.js', './*': './index.js' };
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', type: 'module', exports }));
      writeFileSync(join(folder, 'index.js'), '');
    }

    it.each(Object.entries(files))('%s', (path, [rule]) => {
      const rules = found.filter((line) => line.includes(`: ${path} -> `)).map((line) => line.split(':')[0]);
      expect([...new Set(rules)]).toEqual(rule === 'none' ? [] : [rule]);
    });
  });
});

describe('source files', () => {
  const files = sourceFiles(root, ['src', 'plugins']);

  it('say in a doc comment what each exported thing is', () => {
    expect(files.flatMap((path) => undocumentedExports(parseFile(root, path)))).toEqual([]);
  });

  it('are not longer than 400 lines', () => {
    const lines = (path: string): number => readFileSync(join(root, path), 'utf8').split('\n').length - 1;
    expect(files.filter((path) => lines(path) > 400)).toEqual([]);
  });

  it('of the core have no "default:", so that the compiler finds the case that is missing', () => {
    const core = files.filter((path) => path.startsWith('src/core/'));
    expect(core.flatMap((path) => defaultClauses(parseFile(root, path)))).toEqual([]);
  });
});

describe('the search for exports without a doc comment', () => {
  it.each([
    ['export const a = 1;', 'a.ts:1 a'],
    ['export function a() {}', 'a.ts:1 a'],
    ['// a remark\nexport class A {}', 'a.ts:2 A'],
    ['/** */\nexport type A = 1;', 'a.ts:2 A'],
    ['/** @deprecated */\nexport interface A {}', 'a.ts:2 A'],
    ['export default make({});', 'a.ts:1 default'],
    ['const a = 1;\nexport { a as b };', 'a.ts:1 a'],
  ])('finds %j', (text, expected) => {
    expect(undocumentedExports(parse(text))).toEqual([expected]);
  });

  it.each([
    ['/** What it is. */\nexport const a = 1;'],
    ['/** What it is. */\n@Injectable()\nexport class A {}'],
    [
      '/** What it is. */\nexport function a(x: 1): 1;\nexport function a(x: 2): 2;\nexport function a(x: unknown) { return x; }',
    ],
    ["export { a } from './a.js';"],
    ["export * from './a.js';"],
    ['const a = 1;'],
  ])('lets %j pass', (text) => {
    expect(undocumentedExports(parse(text))).toEqual([]);
  });
});

describe('the search for "default:"', () => {
  it('finds one at any depth', () => {
    expect(
      defaultClauses(parse('function f(x) {\n  switch (x) {\n    case 1: break;\n    default: break;\n  }\n}')),
    ).toEqual(['a.ts:4']);
  });

  it('takes a default parameter or export for what it is', () => {
    expect(defaultClauses(parse('export default function f(x = 1) { switch (x) { case 1: return 1; } }'))).toEqual([]);
  });
});

describe('the root', () => {
  const known = ['deploy', 'docs', 'grafana', 'plugins', 'runbooks', 'src', 'test', 'tools'];
  const unkept = ['node_modules', 'dist', 'data', 'coverage'];
  const needed = ['docs', 'plugins', 'src', 'test', 'tools'];

  it('has the folders of docs/architecture.md and no others', () => {
    expect(needed.filter((folder) => !existsSync(join(root, folder)))).toEqual([]);
    const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const names = folders.map((entry) => entry.name).filter((name) => !name.startsWith('.') && !unkept.includes(name));
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('shares no folder name with src', () => {
    expect(readdirSync(join(root, 'src')).filter((name) => known.includes(name))).toEqual([]);
  });
});
