import { whatNext } from '../api/simulated.js';
import { stepPlanView } from '../api/plan-view.js';
import { unknownWord } from '../catalog/suggestion.js';
import { loadConfig } from '../config.js';
import { NOTHING_KNOWN } from '../core/affinity.js';
import type { Alert } from '../core/alert.js';
import type { Clock } from '../core/clock.js';
import { decideFor, type Decision } from '../core/decide.js';
import type { Event } from '../core/event.js';
import { explainMiss } from '../core/explain-match.js';
import { openExecution } from '../core/open.js';
import type { Runbook } from '../core/runbook.js';
import { Effects } from '../engine/effects.js';
import { MemoryExecutionStore } from '../engine/memory-execution-store.js';
import { Permit } from '../engine/permit.js';
import { PluginHost } from '../plugin-host/plugin-host.js';
import { openCatalog, type OpenCatalog } from '../start/open-catalog.js';
import { readAlertFile } from './alert-file.js';
import { EXIT, Stopped, type Out } from './command.js';
import { planText } from './plan-text.js';
import { needed, readLine } from './read-line.js';
import { inOneLine } from './table.js';

const clock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Says what a runbook would do about an alert, with the plan that an approver would read. Needs neither a service nor
 * Redis; the targets are asked and nothing is changed.
 *
 * @param args the runbook's name, and `--alert` with a file
 * @param out takes the lines that a person reads
 * @returns 0 when there is a plan or nothing to do for every alert, 1 otherwise
 */
export async function run(args: readonly string[], out: Out): Promise<number> {
  const { words, option } = readLine(args, 1, ['alert']);
  const name = needed(words[0], 'the name of a runbook');
  const alerts = readAlertFile(needed(option('alert'), '--alert with a file'), clock.now());
  const opened = await open();
  try {
    const runbook = runbookNamed(name, opened);
    let all = true;
    for (const alert of alerts) all = (await tryOne(runbook, alert, opened, out)) && all;
    return all ? EXIT.done : EXIT.no;
  } finally {
    await opened.plugins.close();
  }
}

async function open(): Promise<OpenCatalog> {
  const loaded = loadConfig(process.env, process.cwd());
  if (!loaded.ok) throw new Stopped(`the settings are wrong: ${loaded.problems.join('; ')}`);
  const opened = await openCatalog(loaded.config);
  if (!opened.ok) throw new Stopped(`the ${opened.what} are wrong: ${opened.problems.join('; ')}`);
  return opened;
}

function runbookNamed(name: string, { catalog }: OpenCatalog): Runbook {
  const { runbooks, resting } = catalog.current;
  const waits = resting.get(name);
  if (waits !== undefined)
    throw new Stopped(`${name} rests: configure plugins.${waits.join(' and plugins.')} in firebreak.yaml`);
  const runbook = runbooks.get(name);
  if (runbook === undefined) throw new Stopped(unknownWord('unknown runbook', name, [...runbooks.keys()], 'known'));
  return runbook;
}

async function tryOne(runbook: Runbook, alert: Alert, opened: OpenCatalog, out: Out): Promise<boolean> {
  out(
    inOneLine(
      `alert ${Object.entries(alert.labels)
        .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
        .join(' ')}`,
    ),
  );
  const miss = explainMiss(runbook, alert.labels);
  if (miss !== undefined) {
    out(`${runbook.name} does not answer it:`);
    for (const failed of miss.failed) out(inOneLine(`  ${failed}`));
    return false;
  }
  const { surroundings } = opened.catalog.current;
  const decision = decideFor(alert, runbook, clock.now(), { ...surroundings, centers: NOTHING_KNOWN });
  if (!decision.run) {
    out(inOneLine(`${runbook.name} answers it and would do nothing: ${decision.because}: ${decision.detail}`));
    return false;
  }
  return plan(decision, alert, opened, out);
}

async function plan(
  { runbook, target, orders }: Extract<Decision, { run: true }>,
  alert: Alert,
  { plugins }: OpenCatalog,
  out: Out,
): Promise<boolean> {
  out(inOneLine(`${runbook.name} (${runbook.mode}) answers it; it would act on ${target}:`));
  for (const { name, uses, with: given } of orders.steps) out(inOneLine(`  ${name}: ${uses} ${JSON.stringify(given)}`));
  const now = clock.now();
  const opening = { id: 'tried', runbook, target, orders, alert, requestedBy: 'firebreak try', receivedAt: now };
  const execution = openExecution({ ...opening, trigger: 'alert', dryRun: true }, now);
  const silent = { info: () => undefined, warn: () => undefined };
  const host = new PluginHost(
    plugins,
    clock,
    () => undefined,
    () => silent,
  );
  const nobody = { open: async () => ({ opened: false, detail: 'nothing is opened here' }) as const };
  // nobody keeps it fresh, so that nothing can ever be begun with it
  const permit = new Permit('try', new MemoryExecutionStore(() => clock.now()), clock, () => undefined);
  const event = await new Effects(permit, host, clock, nobody).plan(execution);
  for (const line of planned(event)) out(line);
  out(whatNext(execution, event));
  return event.type === 'planned' || event.type === 'not-needed';
}

function planned(event: Event): string[] {
  if (event.type === 'planned') return planText({ plan: { steps: event.plan.map(shown), digest: event.digest } });
  if (event.type === 'not-needed') return [inOneLine(`nothing to do: ${event.detail}`)];
  if (event.type === 'blocked') return [inOneLine(`a precondition does not hold: ${event.detail}`)];
  return [inOneLine(`no plan can be made: ${'detail' in event ? event.detail : event.type}`)];
}

const shown = (step: Parameters<typeof stepPlanView>[0]) => {
  const { onRevert, changes, ...rest } = stepPlanView(step);
  return { ...rest, changes: [...changes], onRevert: typeof onRevert === 'string' ? onRevert : [...onRevert] };
};
