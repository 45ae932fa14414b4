import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Suppression } from './claim.js';

/** All reasons; the record makes the compiler find a missing one. */
const REASONS = Object.keys({
  'no-runbook': true,
  'too-old': true,
  'template-missing': true,
  'no-target': true,
  stale: true,
  duplicate: true,
  paused: true,
  'target-busy': true,
  cooldown: true,
  rate: true,
  'blast-radius': true,
} satisfies Record<Suppression, true>);

describe('docs/operations.md', () => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const [, section = ''] = page.split('## Why was nothing done?');
  const rows = [...(section.split('\n## ')[0]?.matchAll(/^\| `([\w-]+)` *\|([^|]+)\|([^|]+)\|$/gm) ?? [])];

  it('explains every reason for doing nothing, and no others, in the order of the code', () => {
    expect(rows.map(([, reason]) => reason)).toEqual(REASONS);
  });

  it.each(rows.map(([, reason, meaning, advice]) => [reason, meaning?.trim(), advice?.trim()]))(
    'says of %s what it means and what to do',
    (_reason, meaning, advice) => {
      expect(meaning).toMatch(/^[A-Z].*[.]$/);
      expect(advice).toMatch(/^[A-Z].*[.]$/);
    },
  );
});
