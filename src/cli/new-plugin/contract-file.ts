/** `contract.test.ts` of a new plugin: its action against a real folder. */
export const CONTRACT_FILE = `import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { contractViolations } from 'firebreak/contract';
import plugin from './index.ts';

test('__ID__/note keeps the contract of actions', async () => {
  const violations = await contractViolations({
    action: 'note',
    world: async (log) => {
      const folder = await mkdtemp(join(tmpdir(), '__ID__-'));
      return {
        plugin: plugin.instantiate({ folder }, log),
        params: { name: 'shop', text: 'Degraded' },
        nonsense: [null, {}, { name: '../shop', text: 'x' }, { name: 'shop', text: '' }, { name: 'shop', txt: 'x' }],
        read: async () => {
          const names = (await readdir(folder)).sort();
          return Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')]));
        },
        reset: () => writeFile(join(folder, 'shop.txt'), 'All is well'),
        close: () => rm(folder, { recursive: true }),
      };
    },
  });
  assert.deepEqual(violations, []);
});
`;
