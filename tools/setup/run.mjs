import { spawn, spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { root } from './root.mjs';
import { SetupError } from './say.mjs';

/** The environment for commands of this project: the project's own programs, and so the linked Node, come first on PATH. */
export function projectEnvironment(extra = {}) {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].filter(Boolean).join(delimiter);
  return { ...process.env, PATH: path, ...extra };
}

/** Runs a command to its end and shows what it prints; throws when it fails. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { stdio: 'inherit', cwd: root, env: projectEnvironment(), ...options });
  const shown = [command, ...args].join(' ');
  if (done.error) throw new SetupError(`could not run "${shown}": ${done.error.message}`);
  if (done.signal) throw new SetupError(`"${shown}" was stopped by ${done.signal}`);
  if (done.status !== 0)
    throw new SetupError(`"${shown}" failed with exit code ${done.status}; what it said stands above`);
}

/** Runs a command without showing anything; answers whether it succeeded and all that it printed. */
export function tryQuietly(command, args, options = {}) {
  const done = spawnSync(command, args, { encoding: 'utf8', cwd: root, ...options });
  return { ok: done.status === 0, status: done.status, output: `${done.stdout ?? ''}${done.stderr ?? ''}` };
}

/** As tryQuietly, but lets this process hear signals in the meantime. */
export function tryQuietlyAside(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (status) => resolve({ ok: status === 0, status, output }));
  });
}

/** Runs npm in a folder, with the very npm that called the set-up where there is one. */
export function npm(args, cwd = root) {
  const cli = process.env.npm_execpath;
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  if (cli?.endsWith('.js')) run(process.execPath, [cli, ...args, ...quiet], { cwd });
  else run('npm', [...args, ...quiet], { cwd, shell: process.platform === 'win32' });
}
