import { ask, part } from './client.js';
import { EXIT, Stopped, type Out } from './command.js';
import { standing } from './execution-text.js';
import { planText } from './plan-text.js';
import { needed, readLine } from './read-line.js';
import { execution, type ShownExecution } from './shapes.js';
import { when } from './when.js';

/** Agrees to the plan whose digest is given; without one it shows the plan and what to write, and agrees to nothing. */
export async function run(args: readonly string[], out: Out): Promise<number> {
  const line = readLine(args, 1, ['digest', 'reason']);
  const path = `/api/v1/executions/${part(needed(line.words[0], 'the id of an execution'))}`;
  const [digest, reason] = [line.option('digest'), line.option('reason')];
  if (digest === undefined) return show(await ask(execution, { path }), out);
  const body = { digest, ...(reason === undefined ? {} : { reason }) };
  const approved = await ask(execution, { method: 'POST', path: `${path}/approve`, body });
  out(`approved: ${whatNow(approved)}`);
  return EXIT.done;
}

function show(shown: ShownExecution, out: Out): number {
  const { id, phase, runbook, target, plan, approval } = shown;
  if (phase !== 'awaiting-approval' || plan === undefined)
    throw new Stopped(`there is nothing to approve: ${standing(shown)}`);
  out(`${runbook} on ${target}`);
  for (const text of planText(shown)) out(text);
  const until = approval.expiresAt === undefined ? '' : `; expires ${when(approval.expiresAt)}`;
  out(`approval: ${approval.missing ?? 'enough people agree'}${until}`);
  out('');
  out('Nothing was approved. To approve exactly this plan:');
  out(`  firebreak approve ${id} --digest ${plan.digest}`);
  return EXIT.no;
}

function whatNow(approved: ShownExecution): string {
  const { approval, phase, id } = approved;
  if (phase !== 'awaiting-approval') return standing(approved);
  return `${id}: ${approval.missing ?? 'enough people agree; the plan is made once more before anything is changed'}`;
}
