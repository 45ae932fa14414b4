import { endingsOf } from '../access/tokens/token-endings.js';
import { loadConfig } from '../config.js';
import type { StandingProbe } from '../config/standing-probes.js';
import { formatDuration } from '../core/duration.js';
import type { ChildState } from '../plugin-host/child/plugin-child.js';
import { openCatalog } from '../start/open-catalog.js';
import type { Out } from './command.js';
import { readLine } from './read-line.js';

const EX_CONFIG = 78;

/**
 * Checks everything that the service checks before it starts, without starting anything.
 *
 * @param args a folder of runbooks in place of FIREBREAK_RUNBOOKS
 * @param out takes the lines that a person reads
 * @returns 0 when all is well, 78 otherwise
 */
export async function run(args: readonly string[], out: Out): Promise<number> {
  const [folder] = readLine(args, 1).words;
  const env = folder === undefined ? process.env : { ...process.env, FIREBREAK_RUNBOOKS: folder };
  const loaded = loadConfig(env, process.cwd());
  const opened = loaded.ok
    ? await openCatalog(loaded.config)
    : { ok: false as const, what: 'settings', problems: loaded.problems };
  if (!opened.ok) {
    for (const problem of opened.problems) out(problem);
    out(`${opened.problems.length} ${opened.problems.length === 1 ? 'problem' : 'problems'} in the ${opened.what}`);
    return EX_CONFIG;
  }
  const { runbooks } = opened.catalog.current;
  for (const { name, mode, title } of runbooks.values()) out(`${name} (${mode}): ${title}`);
  if (loaded.ok) for (const probe of loaded.config.probes) out(probeLine(probe));
  for (const { plugin, state } of opened.plugins.children?.states() ?? []) out(childLine(plugin, state));
  const endings = loaded.ok ? endingsOf(loaded.config.tokens, Date.now()) : [];
  for (const warning of [...opened.warnings, ...endings]) out(`warning: ${warning}`);
  out(`${runbooks.size} ${runbooks.size === 1 ? 'runbook' : 'runbooks'}, no problems`);
  await opened.plugins.close();
  return 0;
}

function childLine(plugin: string, { memoryMiB }: ChildState): string {
  return `plugin ${plugin} in a process of its own${memoryMiB === undefined ? '' : ` (${memoryMiB} MiB at rest)`}`;
}

function probeLine({ name, probe, everyMs, of }: StandingProbe): string {
  const about = of === 'each' ? ' for each centre' : of === 'none' ? '' : ` for ${of.center}`;
  return `standing probe ${name}: ${probe} every ${formatDuration(everyMs)}${about}`;
}
