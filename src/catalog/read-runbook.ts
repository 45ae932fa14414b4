import type { Runbook } from '../core/runbook.js';
import { messageOf } from '../core/message-of.js';
import { checkSchema } from './check-schema.js';
import { sha256 } from './digest.js';
import { isUnconfigured, type Names } from './names.js';
import type { Problem } from './problem.js';
import { glanceAt } from './runbook-glance.js';
import { linksIn, type Link } from './runbook-links.js';
import { checkRules, type RunbookContext } from './runbook-rules.js';
import { runbookSchema, type RunbookFile } from './runbook-schema.js';
import { toRunbook } from './to-runbook.js';
import { parseYaml, type YamlSource } from './yaml-source.js';

/** What came of one runbook file. */
export interface ReadRunbook {
  /** Only when nothing is wrong. */
  readonly runbook?: Runbook;
  /** Plugins without which the runbook cannot run; it is then kept out of force. */
  readonly needs: readonly string[];
  /** Its name and where that stands, also when something else is wrong. */
  readonly name?: { readonly text: string; readonly at: Problem };
  /** Where it names other runbooks, also when something else is wrong. */
  readonly links: readonly Link[];
  readonly problems: readonly Problem[];
}

/**
 * Reads one runbook file and finds everything that is wrong with it.
 *
 * @param file name for messages
 * @param text contents of the file
 * @param context plugins and topology that it is held against
 */
export function readRunbook(file: string, text: string, context: RunbookContext): ReadRunbook {
  const parsed = parseYaml(file, text);
  if (!parsed.ok) return { needs: [], links: [], problems: parsed.problems };
  try {
    return understand(parsed.source, sha256([text]).slice(0, 12), context);
  } catch (error) {
    // A plugin's schema may throw; no content of a file may end the process.
    const message = `cannot be checked: ${messageOf(error)}`;
    return { needs: [], links: [], problems: [parsed.source.problem({ path: [], message })] };
  }
}

function understand(source: YamlSource, version: string, context: RunbookContext): ReadRunbook {
  const checked = checkSchema(runbookSchema, source.value);
  const glance = glanceAt(source.value);
  const issues = [...(checked.ok ? [] : checked.issues), ...checkRules(glance, context)];
  const name = glance.metadata.name;
  return {
    ...(checked.ok && issues.length === 0 ? { runbook: toRunbook(checked.data, version) } : {}),
    ...(name === undefined
      ? {}
      : { name: { text: name, at: source.problem({ path: ['metadata', 'name'], message: '' }) } }),
    links: linksIn(glance, source),
    needs: checked.ok ? unconfiguredIn(checked.data, context.names) : [],
    problems: issues.map((issue) => source.problem(issue)),
  };
}

function unconfiguredIn({ spec }: RunbookFile, names: Names): string[] {
  const used = [
    ...spec.steps.map((step) => step.uses),
    ...spec.guards.require.map((one) => one.probe),
    ...[spec, ...spec.steps].flatMap(({ verify }) =>
      verify === undefined ? [] : [verify, ...verify.guards].map((one) => one.probe),
    ),
    ...spec.notify,
  ];
  return [...new Set(used.filter((name) => isUnconfigured(name, names)).map((name) => name.split('/')[0] ?? name))];
}
