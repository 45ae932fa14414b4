import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, Stopped, WrongUse, type Out } from './command.js';
import { CONTRACT_FILE } from './new-plugin/contract-file.js';
import { INDEX_FILE } from './new-plugin/index-file.js';
import { ALERT_FILE, PACKAGE_FILE, README_FILE, RUNBOOK_FILE } from './new-plugin/other-files.js';
import { needed, readLine } from './read-line.js';

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const FILES: { readonly [name: string]: string } = {
  'index.ts': INDEX_FILE,
  'contract.test.ts': CONTRACT_FILE,
  'runbook.yaml': RUNBOOK_FILE,
  'alert.json': ALERT_FILE,
  'package.json': PACKAGE_FILE,
  'README.md': README_FILE,
};

/**
 * Writes a plugin that works, in a folder of its own below the present one.
 *
 * @param args `plugin` and its id
 * @param out takes the lines that a person reads
 */
export async function run(args: readonly string[], out: Out): Promise<number> {
  const { words } = readLine(args, 2);
  const kind = needed(words[0], 'what is to be new');
  if (kind !== 'plugin') throw new WrongUse(`"${kind}" can't be made; only a plugin can`);
  const id = needed(words[1], 'an id for the plugin');
  if (!ID.test(id) || id.length > 40)
    throw new WrongUse(
      `"${id}" is no id: write small letters, digits and single -, beginning with a letter, 40 at most`,
    );
  if (existsSync(id)) throw new Stopped(`./${id} is there already: choose another id, or move it away`);
  mkdirSync(id);
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(id, name), filledIn(text, id));
  out(`./${id} has a plugin with one action, ${id}/note. Its README.md goes on from here:`);
  out(`  npx firebreak test ${id}                  does it keep the contract of actions?`);
  out(`  FIREBREAK_PLUGINS=./${id} npx firebreak try ${id}-note --alert ${id}/alert.json`);
  return EXIT.done;
}

function filledIn(text: string, id: string): string {
  const name = id.replaceAll(/(^|-)(.)/g, (_all, _dash: string, letter: string) => letter.toUpperCase());
  return text.replaceAll('__ID__', id).replaceAll('__NAME__', name).replaceAll('__NOW__', new Date().toISOString());
}
