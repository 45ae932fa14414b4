import { EXIT } from './command.js';
import { readLine } from './read-line.js';

/** Runs the service in this process. */
export async function run(args: readonly string[]): Promise<number> {
  readLine(args, 0);
  await import('../main.js');
  return EXIT.done;
}
