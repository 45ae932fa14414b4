import { ask, part } from './client.js';
import { EXIT, type Run } from './command.js';
import { standing } from './execution-text.js';
import { needed, readLine } from './read-line.js';
import { execution } from './shapes.js';

/** What a person can tell an execution. */
export type Verb = 'reject' | 'cancel' | 'revert' | 'retry' | 'accept' | 'take';

/** Makes the command that tells an execution what a person wants of it, and why. */
export function telling(verb: Verb): { readonly run: Run } {
  return {
    run: async (args, out) => {
      const line = readLine(args, 1, ['reason']);
      const id = needed(line.words[0], 'the id of an execution');
      const body = { reason: needed(line.option('reason'), '--reason') };
      out(standing(await ask(execution, { method: 'POST', path: `/api/v1/executions/${part(id)}/${verb}`, body })));
      return EXIT.done;
    },
  };
}
