import type { Runbook } from '../core/runbook.js';
import { checkSchema } from './check-schema.js';
import { sha256 } from './digest.js';
import type { Problem } from './problem.js';
import { glanceAt } from './runbook-glance.js';
import { checkRules, type Surroundings } from './runbook-rules.js';
import { runbookSchema } from './runbook-schema.js';
import { toRunbook } from './to-runbook.js';
import { parseYaml } from './yaml-source.js';

/** What came of one runbook file. */
export interface ReadRunbook {
  /** Only when nothing is wrong. */
  readonly runbook?: Runbook;
  /** Its name and where that stands, also when something else is wrong. */
  readonly name?: { readonly text: string; readonly at: Problem };
  readonly problems: readonly Problem[];
}

/**
 * Reads one runbook file and finds everything that is wrong with it.
 *
 * @param file name for messages
 * @param text contents of the file
 * @param surroundings plugins and topology that it is held against
 */
export function readRunbook(file: string, text: string, surroundings: Surroundings): ReadRunbook {
  const parsed = parseYaml(file, text);
  if (!parsed.ok) return { problems: parsed.problems };
  const { source } = parsed;
  const checked = checkSchema(runbookSchema, source.value);
  const glance = glanceAt(source.value);
  const issues = [...(checked.ok ? [] : checked.issues), ...checkRules(glance, surroundings)];
  const name = glance.metadata.name;
  return {
    ...(checked.ok && issues.length === 0 ? { runbook: toRunbook(checked.data, sha256([text]).slice(0, 12)) } : {}),
    ...(name === undefined ? {} : { name: { text: name, at: source.problem({ path: ['metadata', 'name'], message: '' }) } }),
    problems: issues.map((issue) => source.problem(issue)),
  };
}
