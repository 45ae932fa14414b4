import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../config.js';
import { openCatalog } from './open-catalog.js';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'firebreak-open-'));
  mkdirSync(join(cwd, 'runbooks'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function open(settings: string) {
  writeFileSync(join(cwd, 'firebreak.yaml'), settings);
  const loaded = loadConfig({}, cwd);
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const opened = await openCatalog(loaded.config);
  if (!opened.ok) throw new Error(opened.problems.join('\n'));
  await opened.plugins.close();
  return opened;
}

it('hands the settings of the governor to the catalogue, and warns of plugins in it that are not there', async () => {
  const { catalog, warnings } = await open(
    'governor: { changeBudget: off, conflicts: [[webhook, webhok]], loop: { limit: 7 } }\n',
  );
  expect(catalog.current.surroundings.governor).toMatchObject({
    conflicts: [['webhook', 'webhok']],
    loop: { limit: 7, perMs: 3_600_000 },
  });
  expect(catalog.current.surroundings.governor).not.toHaveProperty('changeBudget');
  expect(warnings).toContainEqual(
    expect.stringMatching(/^governor\.conflicts: there is no plugin "webhok": did you mean "webhook"\? known: /),
  );
});
