import { parseArgs } from 'node:util';
import { parseDuration } from '../core/duration.js';
import { messageOf } from '../core/message-of.js';
import { diagnose } from './doctor.js';
import type { RunbooksFor } from './examine.js';
import { report, seconds } from './report.js';

const USAGE = `firebreak doctor --prometheus FILE --alertmanager FILE [--within DURATION] [--alert NAME]

Says how long an alert takes at most from the fault to Firebreak, and which setting costs most.
  --prometheus FILE     your prometheus.yml; its rule_files are read as well
  --alertmanager FILE   your alertmanager.yml
  --within DURATION     fail when the fastest path of an alert may take longer, a target that hangs included (for CI)
  --alert NAME          only this alert must be within that; may stand several times`;

/**
 * The command `firebreak doctor`.
 *
 * @param args what stands behind `doctor` on the command line
 * @param out takes one line of output
 * @param runbooksFor names the runbooks for an alert's labels; without it, the label `runbook` is shown
 * @returns the exit code: 0, 1 for files that cannot be used or an alert over the limit, 64 for wrong options
 */
export async function runDoctor(
  args: readonly string[],
  out: (line: string) => void,
  runbooksFor?: RunbooksFor,
): Promise<number> {
  const options = optionsFrom(args);
  if (typeof options === 'string') {
    out(options);
    return options === USAGE ? 0 : 64;
  }
  const found = await diagnose({ ...options.files, ...(runbooksFor === undefined ? {} : { alerts: runbooksFor }) });
  if (!found.ok) {
    for (const problem of found.problems) out(problem);
    return 1;
  }
  for (const line of report(found.value).split('\n')) out(line);
  const { withinMs, alerts } = options;
  if (withinMs === undefined) return 0;
  const lost = alerts.filter((name) => !found.value.paths.some(({ rule }) => rule.name === name));
  for (const name of lost) out(`${name}: no such alert reaches Firebreak.`);
  if (lost.length > 0) return 1;
  const fastest = new Map<string, number>();
  for (const { rule, bound } of found.value.paths) {
    if (alerts.length > 0 && !alerts.includes(rule.name)) continue;
    fastest.set(rule.name, Math.min(bound.hangMs, fastest.get(rule.name) ?? Infinity));
  }
  const late = [...fastest].filter(([, ms]) => ms > withinMs);
  if (late.length > 0) out('');
  for (const [name, ms] of late) out(`${name} may take ${seconds(ms)}, more than ${seconds(withinMs)}.`);
  return late.length > 0 ? 1 : 0;
}

interface Options {
  readonly files: { readonly prometheus: string; readonly alertmanager: string };
  readonly withinMs: number | undefined;
  /** Those that must be within it; all of them when none is named. */
  readonly alerts: readonly string[];
}

/** The options, or what to tell instead. */
function optionsFrom(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        prometheus: { type: 'string' },
        alertmanager: { type: 'string' },
        within: { type: 'string' },
        alert: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const { prometheus, alertmanager, within, alert: alerts } = values;
    if (values.help === true) return USAGE;
    if (prometheus === undefined || alertmanager === undefined)
      return `Both --prometheus and --alertmanager are needed.\n\n${USAGE}`;
    const limit = within === undefined ? undefined : parseDuration(within);
    if (limit?.ok === false) return `--within: ${limit.detail}`;
    return { files: { prometheus, alertmanager }, withinMs: limit?.ms, alerts };
  } catch (error) {
    return `${messageOf(error)}\n\n${USAGE}`;
  }
}
