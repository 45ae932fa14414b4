import { loadConfig } from '../config.js';
import { labelsFrom } from '../core/alert.js';
import { runDoctor } from '../doctor/run-doctor.js';
import { openCatalog } from '../start/open-catalog.js';
import type { Out } from './command.js';

/** Says how long a recovery can take with these configurations. */
export async function run(args: readonly string[], out: Out): Promise<number> {
  return runDoctor(args, out, await runbooksFor());
}

/** Finds runbooks the way alerts do, if there are any here; without them the doctor goes by the label `runbook`. */
async function runbooksFor(): Promise<((labels: Readonly<Record<string, string>>) => string[]) | undefined> {
  const loaded = loadConfig(process.env, process.cwd());
  const opened = loaded.ok ? await openCatalog(loaded.config) : undefined;
  if (opened?.ok === true) await opened.plugins.close();
  if (opened?.ok !== true || opened.catalog.current.runbooks.size === 0) return undefined;
  const { index } = opened.catalog.current;
  return (labels) => index.candidates(labelsFrom(labels)).map((runbook) => runbook.name);
}
