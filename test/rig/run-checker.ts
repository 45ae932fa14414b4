import { execFile } from 'node:child_process';

/** What a checker said. */
export interface Checked {
  readonly code: number;
  readonly said: string;
  /** The first line that it wrote to its standard output. */
  readonly first: string;
}

/** Runs a checker, such as `promtool check rules`, to its end. */
export function runChecker(command: string, ...args: readonly string[]): Promise<Checked> {
  return new Promise((resolve) => {
    const child = execFile(command, [...args], { encoding: 'utf8' }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, said: stdout + stderr, first: stdout.split('\n')[0] ?? '' }),
    );
  });
}
