import { PluginError } from '../../src/plugin-sdk/index.js';
import { oneLine } from './one-line.js';
import { runProgram } from './run-program.js';

/**
 * Runs the operator's check on a new file, without a shell.
 *
 * @param command program and arguments, to which the path of the new file is added
 * @param timeoutMs then it is killed, with all that it has started
 * @throws PluginError `refused-by-check` with the end of what it said, and what `runProgram` throws
 */
export async function runCheck(
  command: readonly string[],
  candidate: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const [name = ''] = command;
  const { code, stdout, stderr } = await runProgram({ name, argv: [...command, candidate], timeoutMs }, signal);
  if (code === 0) return;
  const last = (stderr.trim() || stdout.trim()).split('\n').at(-1) ?? '';
  const said = last === '' ? 'it said nothing' : oneLine(last.replaceAll(candidate, 'the new file'));
  throw new PluginError('refused-by-check', `${name} ended with ${code}: ${said}`, false);
}
