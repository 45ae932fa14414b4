import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ADVICE } from './suppressions.js';

describe('docs/operations.md', () => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const [, section = ''] = page.split('## Why was nothing done?');
  const rows = [...(section.split('\n## ')[0]?.matchAll(/^\| `([\w-]+)` *\|([^|]+)\|([^|]+)\|$/gm) ?? [])];

  it('explains every reason for doing nothing, and no others, in the order of the code', () => {
    expect(rows.map(([, reason]) => reason)).toEqual(Object.keys(ADVICE));
  });

  it.each(rows.map(([, reason, meaning, advice]) => [reason, meaning?.trim(), advice?.trim()]))(
    'says of %s what it means and what to do',
    (_reason, meaning, advice) => {
      expect(meaning).toMatch(/^[A-Z].*[.]$/);
      expect(advice).toMatch(/^[A-Z].*[.]$/);
    },
  );

  it('says the same of what to do as the command line', () => {
    const advice = rows.map(([, reason, , text]) => [reason, text?.trim().replaceAll('`', '')]);
    expect(Object.fromEntries(advice)).toEqual(ADVICE);
  });
});
