import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../config.js';
import { PERMITTED } from './permission.js';
import { ROLES } from './roles.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/access.md'), 'utf8');
const blocks = [...page.matchAll(/^( *)```yaml\n([^]*?)^ *```/gm)].map(([, indent = '', text = '']) =>
  text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
);
/** What does not begin with the name of another file is a complete firebreak.yaml. */
const examples = blocks.filter((text) => !/^# (?!firebreak)\S+\.ya?ml$/m.test(text));

const PASSWORD = `scrypt$ln=15$r=8$p=3$${'A'.repeat(22)}$${'A'.repeat(43)}`;

describe('docs/access.md', () => {
  let cwd: string;
  beforeAll(() => (cwd = mkdtempSync(join(tmpdir(), 'firebreak-access-page-'))));
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  it('says of each permission which roles have it', () => {
    const rows = page.split('\n').filter((line) => /^\| `[a-z-]+` +\|(?:[^|]*\|){6}$/.test(line));
    const shown = rows.map((row) => {
      const [, name = '', , ...cells] = row.split('|').map((cell) => cell.trim());
      return [name.replaceAll('`', ''), cells.slice(0, ROLES.length)];
    });
    const permitted = Object.entries(PERMITTED).map(([name, roles]: [string, readonly string[]]) => [
      name,
      ROLES.map((role) => (roles.includes(role) ? 'yes' : '-')),
    ]);
    expect(shown).toEqual(permitted);
    const heading = /^\| permission .*$/m.exec(page)?.[0].match(/`\w+`/g);
    expect(heading).toEqual(ROLES.map((role) => `\`${role}\``));
  });

  it('has examples that can be taken as they are', () => {
    expect(examples.length).toBeGreaterThanOrEqual(3);
    for (const text of examples) {
      writeFileSync(join(cwd, 'firebreak.yaml'), text);
      const named = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
      // a text that is long enough for every secret, or the hash of one
      const env = Object.fromEntries(named.map((name) => [name, name.includes('HASH') ? PASSWORD : 'x'.repeat(40)]));
      const loaded = loadConfig(env, cwd);
      expect(loaded.ok ? [] : [text, ...loaded.problems]).toEqual([]);
    }
  });

  it('has other YAML that can be read', () => {
    for (const text of blocks) expect(() => void parse(text)).not.toThrow();
  });
});
