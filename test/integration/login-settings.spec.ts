import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { NIGHT } from './login-kit.js';

const folder = rigFolder('login-settings');
afterAll(() => removeFolder(folder));

it('S11: a service whose logins no browser would keep does not start, and says which setting', () => {
  mkdirSync(join(folder, 'runbooks'), { recursive: true });
  writeFileSync(
    join(folder, 'firebreak.yaml'),
    `access:\n  local:\n    - { name: night, password: '${NIGHT.password}', roles: [admin] }\n`,
  );
  const at = (publicUrl: string) => loadConfig({ FIREBREAK_PUBLIC_URL: publicUrl }, folder);
  expect(at('https://firebreak.example.org').ok).toBe(true);
  expect(at('http://firebreak.example.org')).toEqual({
    ok: false,
    problems: [expect.stringMatching(/^FIREBREAK_PUBLIC_URL: access\.local needs FIREBREAK_PUBLIC_URL to be an https/)],
  });
});
