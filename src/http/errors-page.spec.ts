import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorEntry } from '../core/errors.js';

describe('docs/errors.md', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const rows = page.split('\n').flatMap((line) => {
    const [, code, status, title, advice] = /^\| `([\w-]+)`\s*\| (\d+)\s*\| (.*?)\s*\| (.*?)\s*\|$/.exec(line) ?? [];
    return code === undefined ? [] : [[code, { status: Number(status), title, advice }] as const];
  });

  it('has exactly the entries of the catalogue', () => {
    expect(Object.fromEntries(rows)).toEqual(ERRORS);
    expect(rows.map(([code]) => code)).toEqual(Object.keys(ERRORS));
  });

  it('tells of entries that anybody can understand', () => {
    for (const { status, title, advice } of Object.values<ErrorEntry>(ERRORS)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect([title.length > 5, advice.endsWith('.')]).toEqual([true, true]);
    }
  });

  it('Alertmanager does not send again after 429, so nothing that alerts can meet is one', () => {
    const all = Object.entries<ErrorEntry>(ERRORS);
    expect(all.filter(([, { status }]) => status === 429).map(([code]) => code)).toEqual(['too-many-requests']);
  });
});
