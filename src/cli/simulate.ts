import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ask } from './client.js';
import { EXIT, Stopped, type Out } from './command.js';
import { needed, readLine } from './read-line.js';
import { messageOf } from '../core/message-of.js';

/** Says what would happen for a webhook body; touches nothing. */
export async function run(args: readonly string[], out: Out): Promise<number> {
  const { words } = readLine(args, 1);
  const body = readBody(needed(words[0], 'a file with a webhook body'));
  const answer = await ask(z.unknown(), { method: 'POST', path: '/api/v1/simulations', body });
  out(JSON.stringify(answer, null, 2));
  return EXIT.done;
}

function readBody(file: string): object {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof z.ZodError) throw new Stopped(`${file} holds no webhook body: it is not a JSON object`);
    throw new Stopped(`${file} cannot be used: ${messageOf(error)}`);
  }
}
