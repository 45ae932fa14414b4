import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Labels } from '../../core/alert.js';
import type { Execution } from '../../core/execution.js';
import { formatMatcher } from '../../core/matcher.js';
import type { Runbook } from '../../core/runbook.js';

const LARGEST = 8_000;

/**
 * Gives an alert to try a runbook with, as a text that a person can change: what lies in the folder `examples`, else the last
 * alert that the runbook has answered, else what its matchers ask for.
 *
 * @param folder of the runbooks
 * @param executions of the runbook, newest first
 */
export async function exampleAlert(
  { name, match }: Pick<Runbook, 'name' | 'match'>,
  folder: string,
  executions: readonly Execution[],
): Promise<string> {
  const shipped = await exampleFile(join(folder, 'examples', `${name}.alert.json`));
  if (shipped !== undefined) return shipped;
  const last = executions.find(({ alert }) => alert !== undefined)?.alert;
  if (last !== undefined) return labelsText(last.labels);
  return match
    .filter(({ op }) => op === '=')
    .map(formatMatcher)
    .join('\n');
}

/** Writes all labels, one on each line, as they can be pasted again. */
export function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => formatMatcher({ name, op: '=', value }))
    .join('\n');
}

async function exampleFile(path: string): Promise<string | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    return text.length <= LARGEST ? text.trim() : undefined;
  } catch {
    return undefined;
  }
}
