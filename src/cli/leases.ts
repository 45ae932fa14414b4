import { z } from 'zod';
import { ask } from './client.js';
import { EXIT, type Out } from './command.js';
import { readLine } from './read-line.js';
import { listOf } from './shapes.js';
import { table } from './table.js';
import { away, moment } from './when.js';

const leases = listOf(
  z.object({
    execution: z.string(),
    runbook: z.string(),
    owner: z.string().optional(),
    target: z.string(),
    reason: z.string(),
    ends: z.string(),
    extendableUntil: z.string().optional(),
    clearSince: z.string().optional(),
  }),
);

/** Lists every change that is in force for a time only. */
export async function run(args: readonly string[], out: Out): Promise<number> {
  readLine(args, 0);
  const { items } = await ask(leases, { path: '/api/v1/leases' });
  const rows = items.map(({ execution, runbook, owner = '-', target, reason, ends, extendableUntil, clearSince }) => [
    moment(ends),
    away(ends),
    extendableUntil === undefined ? '-' : moment(extendableUntil),
    clearSince === undefined ? '-' : moment(clearSince),
    execution,
    runbook,
    owner,
    target,
    reason,
  ]);
  const head = ['ENDS', '', 'AT THE LATEST', 'CLEAR SINCE', 'EXECUTION', 'RUNBOOK', 'OWNER', 'TARGET', 'REASON'];
  if (rows.length === 0) out('no leases: nothing is in force for a time only');
  else for (const line of table(head, rows)) out(line);
  return EXIT.done;
}
