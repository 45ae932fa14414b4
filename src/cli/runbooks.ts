import { z } from 'zod';
import { ask, part } from './client.js';
import { EXIT, WrongUse, type Out } from './command.js';
import { needed, readLine } from './read-line.js';
import { listOf, runbook } from './shapes.js';
import { pairs, table } from './table.js';
import { when } from './when.js';

const PATH = '/api/v1/runbooks';
const runbooks = listOf(runbook);
const trusted = z.object({ name: z.string(), effectiveMode: z.string() });

type Runbook = z.output<typeof runbook>;

/** Lists runbooks with their figures, shows one, or trusts one again. */
export async function run(args: readonly string[], out: Out): Promise<number> {
  const { words, option } = readLine(args, 2, ['reason']);
  const [first, second] = words;
  if (first === 'trust') {
    const body = { reason: needed(option('reason'), '--reason') };
    const path = `${PATH}/${part(needed(second, 'the name of a runbook'))}/trust`;
    const { name, effectiveMode } = await ask(trusted, { method: 'POST', path, body });
    out(`${name} is trusted again: its mode is ${effectiveMode}`);
    return EXIT.done;
  }
  if (second !== undefined) throw new WrongUse(`"${second}" is too much`);
  const lines = first === undefined ? await list() : one(await ask(runbook, { path: `${PATH}/${part(first)}` }));
  for (const line of lines) out(line);
  return EXIT.done;
}

async function list(): Promise<string[]> {
  const { items } = await ask(runbooks, { path: PATH });
  if (items.length === 0) return ['no runbooks are in force'];
  const rows = items.map((item) => {
    const { counts } = item.scorecard;
    const figures = ['fired', 'verified', 'reverted', 'held'].map((figure) => String(counts[figure] ?? 0));
    return [item.name, modeText(item), ...figures, medianText(item), item.owner, item.title];
  });
  return table(['NAME', 'MODE', 'FIRED', 'VERIFIED', 'REVERTED', 'HELD', 'RECOVERY', 'OWNER', 'TITLE'], rows);
}

function one(shown: Runbook): string[] {
  const { name, title, owner, version, target, match, steps, scorecard } = shown;
  const { counts, failuresInARow, trust } = scorecard;
  return pairs([
    ['runbook', `${name} (${version})`],
    ['title', title],
    ['owner', owner],
    ['mode', modeText(shown)],
    ['trust', trust && `at most ${trust.to} since ${trust.executionId} (${trust.why}), ${when(trust.at)}`],
    ['match', match.join(', ')],
    ['target', target],
    ['steps', steps.map((step) => `${step.name} (${step.uses})`).join(', ')],
    [
      'figures',
      Object.entries(counts)
        .map(([figure, count]) => `${figure} ${count}`)
        .join(', '),
    ],
    ['failures in a row', String(failuresInARow)],
    ['median recovery', medianText(shown)],
  ]);
}

function modeText({ mode, effectiveMode }: Runbook): string {
  return mode === effectiveMode ? mode : `${effectiveMode} (not ${mode})`;
}

function medianText({ scorecard: { medianRecoverySeconds: seconds } }: Runbook): string {
  return seconds === undefined ? '-' : `${Math.round(seconds)}s`;
}
