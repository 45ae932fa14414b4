import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Views } from './views.js';

describe('views', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'firebreak-views-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const rendered = (text: string, model: object): string => {
    writeFileSync(join(folder, 'page.hbs'), text);
    return new Views(folder).render('page', model);
  };

  it.each([
    ['a script', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['an attribute that ends', '" onmouseover="alert(1)', '&quot; onmouseover&#x3D;&quot;alert(1)'],
    ['a template', '{{7*7}} {{constructor}}', '{{7*7}} {{constructor}}'],
    ['writing from right to left', '\u202Egnp.exe', '\u202Egnp.exe'],
    ['ten kilobytes', 'x'.repeat(10_000), 'x'.repeat(10_000)],
  ])('S8: put %s in as text', (_what, value, expected) => expect(rendered('{{value}}', { value })).toBe(expected));

  it('S8: reach nothing but what the model holds', () => {
    expect(() => rendered('{{constructor.name}}', {})).toThrow(/not defined/);
    expect(rendered('{{value.__proto__}}', { value: {} })).toBe('');
  });

  it('refuse a value that is missing', () => expect(() => rendered('{{title}}', {})).toThrow(/title/));

  it('refuse two views of one name, of which one would be shown in place of the other', () => {
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'page.hbs'), 'a');
    writeFileSync(join(folder, 'other', 'page.hbs'), 'b');
    expect(() => new Views(folder)).toThrow(/two views have the name page/);
  });

  it('all of the console can be read', () => expect(() => new Views()).not.toThrow());
});
