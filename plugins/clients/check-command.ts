import { execFile } from 'node:child_process';
import { PluginError } from '../../src/plugin-sdk/index.js';

const MAX_OUTPUT = 64 * 1024;

/**
 * Runs the operator's check on a new file, without a shell.
 *
 * @param command program and arguments, to which the path of the new file is added
 * @param timeoutMs then it is killed
 * @throws PluginError `refused-by-check` with the end of what it said; `timed-out`, `aborted`
 */
export function runCheck(
  command: readonly string[],
  candidate: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    execFile(
      program,
      [...args, candidate],
      // Nothing of the service's own environment, which has secrets in it.
      { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT, signal, env: { PATH: process.env['PATH'] } },
      (error, stdout, stderr) => {
        if (error === null) return resolve();
        if (signal.aborted)
          return reject(new PluginError('aborted', `${program} was not waited for: the call was broken off`));
        if (error.killed === true && error.code !== 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
          return reject(new PluginError('timed-out', `${program} did not end within ${timeoutMs} ms`));
        const said = (stderr || stdout).trim().split('\n').at(-1)?.slice(0, 300) ?? '';
        const how =
          typeof error.code === 'number'
            ? `ended with ${error.code}`
            : `can't be run (${error.code ?? error.signal ?? ''})`;
        reject(
          new PluginError(
            'refused-by-check',
            `${program} ${how}: ${said.replaceAll(candidate, 'the new file')}`,
            false,
          ),
        );
      },
    );
  });
}
