import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from './rig/project.js';

const page = readFileSync(join(projectRoot, 'docs/security.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => /^\| S\d/.test(line))
  .map((line) => {
    const [number = '', , , command = '', test = ''] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    const [, path = ''] = /^`npx vitest run --project (?:unit|system) (\S+)`$/.exec(command) ?? [];
    return { number, command, path, test };
  });

describe('docs/security.md', () => {
  it('has every attack', () => {
    const numbers = new Set(rows.map(({ number }) => number));
    expect([...numbers]).toEqual(Array.from({ length: 19 }, (_, i) => `S${i + 1}`));
  });

  it.each(rows)('$number: $test', ({ number, path, test, command }) => {
    expect(path, command).not.toBe('');
    const file = join(projectRoot, path);
    expect(existsSync(file), path).toBe(true);
    const project = /^(?:src|plugins)\/|^test\/[^/]+$/.test(path) ? 'unit' : 'system';
    expect(command).toContain(`--project ${project} `);
    // the number stands first, perhaps with others
    const text = readFileSync(file, 'utf8').replaceAll(/\s+/g, ' ');
    const names = [...text.matchAll(/\(\s*(['"`])((?:S\d+(?:, )?)+): (.*?)\1/g)];
    const found = names.filter(([, , numbers = '', name]) => numbers.split(', ').includes(number) && name === test);
    expect(found.length, `no test of ${path} is called "${number}: ${test}"`).toBe(1);
  });
});
