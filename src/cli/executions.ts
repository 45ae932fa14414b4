import { ask, askText, part } from './client.js';
import { EXIT, WrongUse, type Out } from './command.js';
import { executionText } from './execution-text.js';
import { needed, readLine } from './read-line.js';
import { execution, listOf } from './shapes.js';
import { table } from './table.js';
import { away, moment } from './when.js';

const PATH = '/api/v1/executions';
const executions = listOf(execution);

/** Lists executions, shows one, or writes one as a record for a repository. */
export async function run(args: readonly string[], out: Out): Promise<number> {
  const line = readLine(args, 2, ['phase', 'outcome', 'runbook', 'target', 'limit']);
  const [first, second] = line.words;
  if (first === 'export') return record(needed(second, 'the id of an execution'), out);
  if (second !== undefined) throw new WrongUse(`"${second}" is too much`);
  if (first !== undefined) {
    for (const text of executionText(await ask(execution, { path: `${PATH}/${part(first)}` }))) out(text);
    return EXIT.done;
  }
  const { items } = await ask(executions, {
    path: PATH,
    query: {
      phase: line.option('phase'),
      outcome: line.option('outcome'),
      runbook: line.option('runbook'),
      target: line.option('target'),
      limit: line.option('limit') ?? '20',
    },
  });
  const rows = items.map(({ id, runbook, target, phase, outcome, openedAt }) => {
    return [moment(openedAt), away(openedAt), id, outcome ?? phase, runbook, target];
  });
  if (rows.length === 0) out('no executions');
  else for (const text of table(['OPENED', '', 'ID', 'PHASE', 'RUNBOOK', 'TARGET'], rows)) out(text);
  return EXIT.done;
}

/** What goes into a file goes there as it is. */
async function record(id: string, out: Out): Promise<number> {
  const text = await askText({ path: `${PATH}/${part(id)}/export` });
  if (process.stdout.isTTY) out(text.trimEnd());
  else process.stdout.write(text);
  return EXIT.done;
}
