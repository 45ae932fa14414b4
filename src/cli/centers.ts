import { z } from 'zod';
import { ask, part } from './client.js';
import { EXIT, WrongUse, type Out } from './command.js';
import { needed, readLine } from './read-line.js';
import { listOf } from './shapes.js';
import { table } from './table.js';
import { away } from './when.js';

const PATH = '/api/v1/centers';
const center = z.object({
  id: z.string(),
  region: z.string().optional(),
  role: z.string().optional(),
  capacity: z.number().optional(),
  inService: z.boolean(),
  by: z.array(z.string()).optional(),
  since: z.string().optional(),
  provenAt: z.string().optional(),
});
const centers = listOf(center);

/** Lists the centres and whether each is in service, or notes that one is. */
export async function run(args: readonly string[], out: Out): Promise<number> {
  const { words, option } = readLine(args, 2, ['serving', 'reason']);
  const [first, second] = words;
  if (first === 'set') {
    const path = `${PATH}/${part(needed(second, 'the id of a centre'))}/serving`;
    const body = { serving: yesOrNo(option('serving')), reason: needed(option('reason'), '--reason') };
    const { id, inService } = await ask(center, { method: 'POST', path, body });
    out(`${id} is noted as ${inService ? 'in service' : 'out of service'}; nothing was switched`);
    return EXIT.done;
  }
  if (first !== undefined) throw new WrongUse(`"${first}" is not known here`);
  const { items } = await ask(centers, { path: PATH });
  const rows = items.map(({ id, region = '', role = '', capacity, inService, by = [], since, provenAt }) => [
    id,
    inService ? 'in service' : 'out of service',
    by.join(', '),
    since === undefined ? '' : away(since),
    region,
    role,
    capacity === undefined ? 'not in the topology' : String(capacity),
    provenAt === undefined ? 'never' : away(provenAt),
  ]);
  if (rows.length === 0) out('no centres: there is no topology');
  else
    for (const line of table(['CENTRE', 'IS', 'BY', 'SINCE', 'REGION', 'ROLE', 'CAPACITY', 'LAST TOOK OVER'], rows))
      out(line);
  return EXIT.done;
}

function yesOrNo(text: string | undefined): boolean {
  const word = needed(text, '--serving');
  if (word !== 'true' && word !== 'false') throw new WrongUse(`--serving is true or false, not "${word}"`);
  return word === 'true';
}
