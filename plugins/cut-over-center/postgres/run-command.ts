import { spawn } from 'node:child_process';
import { PluginError } from '../../../src/plugin-sdk/index.js';

/** What a command of the operator's may see of Firebreak's environment: what ssh and a shell need, and no secret. */
const PASSED_ON = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'SSH_AUTH_SOCK'];
const KEPT = 600;

/**
 * Runs a program to its end, without a shell.
 *
 * @param argv the program and its arguments; nothing of it may come from an alert
 * @param withinMs after this long it is killed, with all that it has started
 * @throws PluginError `command-failed` with the end of what it said
 */
export async function runCommand(argv: readonly string[], withinMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const [program = '', ...args] = argv;
  const env = Object.fromEntries(
    PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const child = spawn(program, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const keep = (chunk: Buffer) => void (said = (said + chunk.toString()).slice(-KEPT));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let cut = '';
  const kill = (why: string) => {
    cut = why;
    if (child.pid !== undefined) endGroup(child.pid);
  };
  const timer = setTimeout(() => kill(`it took longer than ${withinMs / 1_000} s and was killed`), withinMs);
  const abort = () => kill('it was no longer wanted and was killed');
  signal.addEventListener('abort', abort);
  try {
    const how = await new Promise<string>((resolve) => {
      child.on('error', (error) => resolve(`it could not be started: ${error.message}`));
      child.on('close', (code, by) => resolve(code === 0 ? '' : `it ended with ${code ?? by ?? 'an error'}`));
    });
    if (how === '') return;
    signal.throwIfAborted();
    throw new PluginError(
      'command-failed',
      `${program}: ${cut || how}${said === '' ? '' : `; it said: ${said.trim()}`}`,
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}
