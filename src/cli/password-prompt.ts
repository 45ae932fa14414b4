import { createInterface } from 'node:readline';
import { Stopped } from './command.js';

/** Where a password comes from, such as the standard input; a terminal if it has a mode without echo. */
export type Typed = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/**
 * Asks for lines at a terminal, without showing what is typed.
 *
 * @param from the terminal
 * @param questions one for each line
 * @param say shows a question
 */
export async function askHidden(
  from: Typed,
  questions: readonly string[],
  say: (text: string) => void,
): Promise<string[]> {
  // without an output: the terminal itself shows nothing in this mode, and what edits the line has nowhere to write to
  const reader = createInterface({ input: from, terminal: true, historySize: 0 });
  const lines: string[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const ask = (): void => say(questions[lines.length] ?? '');
      reader.on('line', (line) => {
        say('\n');
        lines.push(line);
        if (lines.length === questions.length) resolve();
        else ask();
      });
      for (const end of ['SIGINT', 'close'] as const)
        reader.on(end, () => reject(new Stopped('\nnothing was typed to the end, so nothing was made')));
      ask();
    });
  } finally {
    reader.close();
  }
  return lines;
}

/** Reads one line that a program hands in; there must be nothing behind it. */
export async function readOnce(from: Typed): Promise<string> {
  let text = '';
  for await (const chunk of from) text += chunk.toString();
  const [line = '', ...more] = text.split(/\r?\n/);
  if (more.some((rest) => rest !== '')) throw new Stopped('more than one line came in, and a password is one line');
  return line;
}
