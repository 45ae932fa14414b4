import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Stopped, type Out } from './command.js';
import { needed, readLine } from './read-line.js';

const TEST = /\.test\.(ts|js|mjs)$/;

/**
 * Runs the tests of a plugin in a folder, with this installation's SDK and contract of actions.
 *
 * @param args the folder
 * @param _out what the tests say goes straight to the terminal
 * @returns the exit code of Node's test runner
 */
export async function run(args: readonly string[], _out: Out): Promise<number> {
  const folder = needed(readLine(args, 1).words[0], 'the folder of a plugin');
  if (!existsSync(folder)) throw new Stopped(`there is no folder ${folder}`);
  const files = readdirSync(folder).filter((name) => TEST.test(name));
  if (files.length === 0) throw new Stopped(`${folder} has no tests: a file such as contract.test.ts`);
  const imports = new URL('./test-imports.js', import.meta.url).href;
  const tests = files.map((name) => join(folder, name));
  const child = spawn(process.execPath, ['--import', imports, '--test', ...tests], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
