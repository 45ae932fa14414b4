import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from './rig/project.js';

const page = readFileSync(join(projectRoot, 'docs/tracing.md'), 'utf8');
const table = /<!-- spans -->(.*)<!-- \/spans -->/s.exec(page)?.[1] ?? '';
const sources = globSync('src/**/*.ts', { cwd: projectRoot })
  .filter((file) => !file.endsWith('.spec.ts'))
  .map((file) => readFileSync(join(projectRoot, file), 'utf8'));

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found = '']) => found);
const sorted = (names: readonly string[]): string[] => [...new Set(names)].toSorted();

describe('docs/tracing.md', () => {
  it('has every span', () => {
    const named = sources.flatMap((text) =>
      all(text, /startSpan\(\s*['`]([^'`]+)['`]/g).map((name) =>
        name
          .replace('${method} ${route}', '<METHOD> <route>')
          .replace('${event.type}', '<event>')
          .replace('${verb}', '<verb>'),
      ),
    );
    // a call that has another shape would not be found above
    const begun = sources.flatMap((text) => all(text, /(startSpan|startActiveSpan)\(/g));
    expect(named).toHaveLength(begun.length);
    expect(sorted(all(table, /^\| `([^`]+)`/gm))).toEqual(sorted(named));
  });

  it('has every attribute', () => {
    const pattern = /['`]((?:firebreak|messaging|http|error|config)\.[a-z_.]+)['`]/g;
    const isNone = ['config.load', 'firebreak.yaml', 'http.client.request.created'];
    const known = sources
      .filter((text) => text.includes('@opentelemetry/api') || text.includes('/opening-span.js'))
      .flatMap((text) => all(text, pattern))
      .filter((name) => !isNone.includes(name));
    expect(sorted(all(table, pattern).filter((name) => !isNone.includes(name)))).toEqual(sorted(known));
  });
});
