import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ONLY_IN_ENVIRONMENT, settingsSchema, VARIABLES } from './settings.js';

describe('the page about settings', () => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(FIREBREAK_\w+)` +\| (?:`(\w+)`|-) +\| ([^|]*?) +\|/gm)].map(
    ([, variable = '', name, says = '']) => ({ variable, name, says }),
  );

  it('has every variable, with its name in firebreak.yaml', () => {
    const settings = Object.entries(VARIABLES).map(([name, variable]) => `${variable} ${name}`);
    const others = Object.values(ONLY_IN_ENVIRONMENT).map((variable) => `${variable} -`);
    const explained = rows.map(({ variable, name = '-' }) => `${variable} ${name}`);
    expect(new Set(explained)).toEqual(new Set([...settings, ...others]));
    expect(explained).toHaveLength(settings.length + others.length);
  });

  it('has the default of every setting that has one of its own', () => {
    const { redisUrl: _itsOwnServer, ...defaults } = settingsSchema.parse({});
    const expected = Object.entries(defaults).map(([name, value]) => [name, written(value)]);
    const said = rows.map(({ name, says }) => [name, says]);
    for (const row of expected) expect(said).toContainEqual(row);
  });
});

function written(value: unknown): string {
  return Array.isArray(value) && value.length === 0 ? 'none' : `\`${String(value)}\``;
}
