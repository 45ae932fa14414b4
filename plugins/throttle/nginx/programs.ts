import { readFile } from 'node:fs/promises';
import { runProgram } from '../../clients/run-program.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { NginxSection } from './config.js';

/**
 * Has nginx test all of its files.
 *
 * @throws PluginError `refused-by-target` with nginx's own words, and what `runProgram` throws
 */
export function testFiles(
  { test, timeout }: Pick<NginxSection, 'test' | 'timeout'>,
  signal: AbortSignal,
): Promise<void> {
  return run('the test of nginx', test, timeout, signal);
}

/**
 * Tells nginx to read its files again. That it was told does not mean that it did.
 *
 * @throws PluginError `refused-by-target` with nginx's own words, `target-unreachable`, and what `runProgram` throws
 */
export async function reload(
  { reload: how, timeout }: Pick<NginxSection, 'reload' | 'timeout'>,
  signal: AbortSignal,
): Promise<void> {
  if (Array.isArray(how)) return run('the reload of nginx', how, timeout, signal);
  const text = await readFile(how.pid, { encoding: 'utf8', signal }).catch(() => '');
  const pid = /^[1-9][0-9]{0,9}\s*$/.test(text) ? Number(text) : undefined;
  if (pid === undefined)
    throw new PluginError('target-unreachable', `${how.pid} has no process id in it: does nginx run?`);
  signal.throwIfAborted();
  try {
    process.kill(pid, 'SIGHUP');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = code === 'EPERM' ? 'may not be sent a signal by this user' : 'is not there';
    throw new PluginError('target-unreachable', `nginx's process ${pid} ${why}`, code !== 'EPERM');
  }
}

async function run(name: string, argv: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<void> {
  const { code, stderr, stdout } = await runProgram({ name, argv, timeoutMs }, signal);
  if (code === 0) return;
  const said = (stderr || stdout).trim().split('\n').slice(0, 3).join(' ').slice(0, 400);
  throw new PluginError('refused-by-target', `${name} ended with ${code}: ${said}`, false);
}
