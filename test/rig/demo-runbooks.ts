import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { projectRoot } from './project.js';

/** What the rig changes in a runbook so that it acts by itself, again and again: path in the file and new value. */
const CHANGES: readonly (readonly [readonly string[], unknown])[] = [
  [['spec', 'mode'], 'auto'],
  [['spec', 'guards', 'cooldown'], '1s'],
  [['spec', 'guards', 'rate'], undefined],
  [['spec', 'guards', 'blastRadius'], undefined],
  [['spec', 'guards', 'windows'], undefined],
  [['spec', 'guards', 'storm'], 'off'],
  [['spec', 'guards', 'recurrence'], 'off'],
];

/** The same for firebreak.yaml: the rig breaks the same centre more often in an hour than a governor would stand. */
export const DEMO_GOVERNOR = 'governor: { changeBudget: off, loop: { limit: 1000, per: 1s } }\n';

/** In words, for whoever watches. */
export const RUNBOOK_CHANGES =
  'mode auto, cooldown 1s, no rate, blast radius, windows, storm, recurrence, change budget or loop detection';

/**
 * Copies the project's runbooks and lets one of them act without a person and without long brakes between faults.
 *
 * @param folder where the copy goes
 * @param name the runbook that is to act
 */
export function demoRunbooks(folder: string, name: string): string {
  const copy = join(folder, 'runbooks');
  cpSync(join(projectRoot, 'runbooks'), copy, { recursive: true });
  const file = join(copy, `${name}.yaml`);
  if (!existsSync(file)) return copy;
  const runbook = parseDocument(readFileSync(file, 'utf8'));
  for (const [path, value] of CHANGES) {
    if (value !== undefined) runbook.setIn(path, value);
    else if (runbook.hasIn(path)) runbook.deleteIn(path);
  }
  writeFileSync(file, runbook.toString());
  return copy;
}
