import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from '../rig/processes.js';
import { answersOk } from '../rig/exchange.js';
import { builtProgram, projectRoot, writeInto } from '../rig/project.js';
import { waitFor } from '../rig/wait-for.js';

// The commands of the page are run as they stand there; only addresses and the folder of the notes are this test's own.
const page = readFileSync(join(projectRoot, 'docs/writing-a-plugin.md'), 'utf8');
const section = page.split('## From nothing to a running action')[1]?.split('\n## ')[0] ?? '';
const blocks = (language: string): string[] =>
  [...section.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(([, text = '']) => text);

const folder = rigFolder('newcomer');
const notes = join(folder, 'notes');
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
let service: RunningProcess | undefined;
afterAll(async () => {
  await service?.stop();
  removeFolder(folder);
});

const here = (text: string): string =>
  text.replaceAll('/tmp/blog-notes', notes).replaceAll('http://localhost:9700', url);

const env = {
  PATH: `${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}`,
  FIREBREAK_DATA_DIR: join(folder, 'data'),
  FIREBREAK_URL: url,
};

/** Runs commands in the newcomer's folder; the one that fails ends it. */
function shell(commands: string): string {
  const firebreak = `npx() { shift; '${process.execPath}' '${builtProgram('src/cli/main.js')}' "$@"; }`;
  return execFileSync('bash', ['-e', '-c', `${firebreak}\n${here(commands)}`], { cwd: folder, env, encoding: 'utf8' });
}

it('goes from "new plugin" to its action running for a real alert by the commands of the page', async () => {
  const [write = '', take = '', send = ''] = blocks('sh');
  const [settings = ''] = blocks('yaml');
  const begun = performance.now();
  mkdirSync(join(folder, 'runbooks'));
  expect(shell(write)).toMatch(/pass 1[^]*fail 0/);
  writeInto(folder, 'firebreak.yaml', here(settings));
  expect(shell(take)).toContain('note/shop text: "" -> "Degraded"');
  expect(existsSync(join(notes, 'shop.txt'))).toBe(false);

  service = await startProcess({
    name: 'service',
    command: process.execPath,
    args: [builtProgram('src/main.js')],
    folder,
    env: { ...env, FIREBREAK_PORT: String(port), FIREBREAK_PLUGINS: './blog-notes' },
    ready: () => answersOk(`${url}/-/ready`),
    readyWithinMs: 60_000,
  });
  const [post = '', list = '', show = '', approve = '', look = '', revert = ''] = send.trim().split('\n');
  expect(shell(post)).toContain('"decision":"opened"');
  const id = await waitFor('the plan', () => /(x\S+) +awaiting-approval/.exec(shell(list))?.[1], 30_000);
  const shown = shell(`${show.replace('<id>', id)} || true`);
  const digest = /--digest ([0-9a-f]{64})/.exec(shown)?.[1] ?? '';
  expect(shell(approve.replace('<id>', id).replace('<digest>', digest))).toMatch(/^approved/);
  await waitFor('the note', () => existsSync(join(notes, 'shop.txt')), 30_000);
  expect(shell(look)).toBe('Degraded');
  expect(shell(revert.replace('<id>', id))).toContain('reverting');
  await waitFor('the note to be as it was', () => readFileSync(join(notes, 'shop.txt'), 'utf8') === '', 30_000);
  console.log(`from nothing to a running action: ${Math.round((performance.now() - begun) / 1000)} s of commands`);
}, 120_000);
