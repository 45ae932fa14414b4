import { z } from 'zod';
import { ask, part } from './client.js';
import { EXIT, WrongUse, type Out } from './command.js';
import { needed, readLine } from './read-line.js';
import { listOf } from './shapes.js';
import { inOneLine, table } from './table.js';
import { moment, when } from './when.js';

const PATH = '/api/v1/storms';
const storms = listOf(
  z.object({
    key: z.string(),
    runbook: z.string(),
    group: z.string().optional(),
    observed: z.boolean().optional(),
    since: z.string(),
    calmAt: z.string(),
    targets: z.array(z.object({ target: z.string(), at: z.string() })),
    proposed: z.object({ executionId: z.string().optional(), detail: z.string() }).optional(),
  }),
);
const ended = z.object({ key: z.string() });

/** Lists the storms that go on with what was hit, or ends one. */
export async function run(args: readonly string[], out: Out): Promise<number> {
  const { words, option } = readLine(args, 2, ['reason']);
  const [first, second] = words;
  if (first === 'end') {
    const body = { reason: needed(option('reason'), '--reason') };
    const path = `${PATH}/${part(needed(second, 'the key of a storm'))}`;
    const { key } = await ask(ended, { method: 'DELETE', path, body });
    out(`the storm ${key} is over: its targets are repaired one by one again`);
    return EXIT.done;
  }
  if (first !== undefined) throw new WrongUse(`"${first}" is not known here`);
  const { items } = await ask(storms, { path: PATH });
  if (items.length === 0) out('no storms');
  for (const { key, runbook, group = 'all targets', observed = false, since, calmAt, targets, proposed } of items) {
    out(
      `${key}: ${targets.length} targets of ${runbook} (${group}) since ${when(since)}${observed ? ', only observed' : ''}`,
    );
    out(`  calm ${when(calmAt)}, if no more come`);
    if (proposed !== undefined)
      out(
        inOneLine(
          `  proposed: ${[proposed.executionId, proposed.detail].filter((text) => text !== undefined).join(': ')}`,
        ),
      );
    for (const line of table(
      ['TARGET', 'HIT AT'],
      targets.map(({ target, at }) => [target, moment(at)]),
    ))
      out(`  ${line}`);
  }
  return EXIT.done;
}
