import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { codeOf } from './plugin-code.js';

const folder = mkdtempSync(join(tmpdir(), 'firebreak-code-'));
afterAll(() => rmSync(folder, { recursive: true }));
for (const one of ['sms', 'empty', 'node_modules/@org/mail']) mkdirSync(join(folder, one), { recursive: true });
for (const file of ['index.mjs', 'sms/index.mjs', 'alone.mjs', 'node_modules/@org/mail/package.json'])
  writeFileSync(join(folder, file), '');

describe('the code of a plugin', () => {
  it.each<[string, object]>([
    ['./sms', { name: './sms', folder: join(folder, 'sms'), builtIn: false }],
    ['sms/index.mjs', { folder: join(folder, 'sms'), entry: `file://${join(folder, 'sms/index.mjs')}` }],
    ['@org/mail', { entry: '@org/mail', folder: join(folder, 'node_modules/@org/mail') }],
    ['@org/mail/sub.js', { entry: '@org/mail/sub.js', folder: join(folder, 'node_modules/@org/mail') }],
  ])('is found by %s', (name, code) => {
    expect(codeOf(name, folder)).toMatchObject(code);
  });

  it.each<[string, RegExp]>([
    ['./empty', /^there is no index.js/],
    ['./nowhere', /^there is no such folder$/],
    ['no-such-package', /no such package/],
    ['fs', /no such package/],
  ])('is not found by %s', (name, reason) => {
    expect(codeOf(name, folder)).toMatch(reason);
  });

  it.each(['.', 'alone.mjs', '..'])(
    'S16: may not be %s, beside the settings and the data of Firebreak, which it could read then',
    (name) => {
      writeFileSync(join(folder, 'sms/index.mjs'), '');
      const cwd = name === '..' ? join(folder, 'sms') : folder;
      expect(codeOf(name, cwd)).toMatch(/^it may read its own folder/);
    },
  );
});
