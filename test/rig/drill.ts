import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { DETECTION } from './drill/prometheus.js';
import { complaints, markdown, RUN_HEADING, runRow, stagesLine, stageTable, summary } from './drill/report.js';
import { bringBack } from './drill/bring-back.js';
import { replicating, served } from './drill/ready.js';
import { otherSide, startDrillRig, type DrillRig, type Side } from './drill/rig.js';
import { runOnce, type DrillRun } from './drill/run.js';
import { cut } from './drill/scenarios/cut.js';
import { killed } from './drill/scenarios/killed.js';
import { planned } from './drill/scenarios/planned.js';
import type { Scenario } from './drill/scenarios/scenario.js';
import { DRILL_CHANGES } from './drill/settings.js';
import type { RigNetwork } from './network.js';

/**
 * The drill: takes the serving centre away again and again while users write, and shows that nothing acknowledged is lost.
 * `npm run drill -- cut-over-center-with-data --runs 20 --scenario all`
 */
const USAGE = `npm run drill -- cut-over-center-with-data [options]
  --runs N                                 how many times each (default 20)
  --scenario planned | killed | cut | all  what happens to the serving centre (default all)
  --network namespaces | proxies           how networks are made (default: namespaces as root, else proxies)
  --writers N                              users who place orders at the same time (default 4)
It ends with 0 when nothing acknowledged was lost, never two sides acknowledged at once and each run was in time, else 1.`;

const DRILLS: readonly Scenario[] = [planned, killed, cut];

/** Runs one scenario so many times, back and forth between the sides, and prints each run. */
async function drill(rig: DrillRig, scenario: Scenario, runs: number, from: Side): Promise<Drilled> {
  print(`\n${bold(scenario.title)}\n`);
  print(bold(cells(RUN_HEADING)));
  const done: DrillRun[] = [];
  let bad = 0;
  let serving = from;
  let stopped = false;
  for (let number = 1; number <= runs; number++) {
    const run = await runOnce(rig, scenario, serving);
    done.push(run);
    print(cells(runRow(run, number)));
    print(`     ${stagesLine(run)}`);
    const wrong = [...complaints(run, scenario), ...(await bringBack(rig, scenario, run))];
    for (const one of wrong) print(`     WRONG: ${one}`);
    if (wrong.length > 0) bad++;
    stopped = wrong.length > 0 && !(await canGoOn(rig, run.to));
    if (stopped) break;
    serving = otherSide(serving);
  }
  print('');
  for (const line of summary(done)) print(line);
  print('');
  for (const line of stageTable(done)) print(line);
  return { runs: done, bad, serving, stopped };
}

/** After a run that was not good the next one needs a primary that serves and a replica all the same. */
async function canGoOn(rig: DrillRig, serving: Side): Promise<boolean> {
  try {
    await served(rig, serving);
    await replicating(rig, serving, otherSide(serving), 5_000);
    return true;
  } catch (error) {
    print(`     the drill cannot go on: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

interface Drilled {
  readonly runs: readonly DrillRun[];
  readonly bad: number;
  readonly serving: Side;
  /** Whether it ended before all its runs. */
  readonly stopped: boolean;
}

function cells(row: readonly string[]): string {
  return row.map((cell, i) => cell.padStart(Math.max(6, (RUN_HEADING[i] ?? '').length + 1))).join(' ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function bold(text: string): string {
  return process.stdout.isTTY && process.env['NO_COLOR'] === undefined ? `\x1b[1m${text}\x1b[22m` : text;
}

/** Reads the options, holds the drill and gives the exit code. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '20' },
      scenario: { type: 'string', default: 'all' },
      network: { type: 'string' },
      writers: { type: 'string', default: '4' },
      help: { type: 'boolean', default: false },
    },
  });
  const [runs, writers] = [Number(values.runs), Number(values.writers)];
  const scenarios = DRILLS.filter(({ name }) => values.scenario === 'all' || values.scenario === name);
  const network = (['namespaces', 'proxies'] as const).find((kind) => kind === values.network);
  const known = positionals.length === 1 && positionals[0] === 'cut-over-center-with-data' && scenarios.length > 0;
  if (values.help || !known || !(runs >= 1) || !(writers >= 1) || (values.network !== undefined && !network)) {
    print(USAGE);
    return values.help ? 0 : 64;
  }
  const rig = await startDrillRig({ writers, ...(network === undefined ? {} : { network }) });
  try {
    introduce(rig.network.kind, writers);
    return await drillAll(rig, scenarios, runs);
  } finally {
    await rig.stop();
  }
}

async function drillAll(rig: DrillRig, scenarios: readonly Scenario[], runs: number): Promise<number> {
  const all = new Map<Scenario, readonly DrillRun[]>();
  let bad = 0;
  let serving: Side = 'a';
  for (const scenario of scenarios) {
    const drilled = await drill(rig, scenario, runs, serving);
    all.set(scenario, drilled.runs);
    bad += drilled.bad;
    serving = drilled.serving;
    if (drilled.stopped) break;
  }
  print('');
  for (const line of markdown(all)) print(line);
  print(
    bad === 0 ? '\nNothing acknowledged was lost, and every run was in time.' : `\n${bad} of the runs were not good.`,
  );
  return bad === 0 ? 0 : 1;
}

function introduce(network: RigNetwork['kind'], writers: number): void {
  print(
    `Two centres with PostgreSQL each (synchronous), HAProxy, Prometheus; ${availableParallelism()} processors for all of it.`,
  );
  print(
    `${writers} users and one canary place orders through HAProxy without a pause, one more writes inside each centre.`,
  );
  print(
    `Network: ${network === 'namespaces' ? 'a namespace for each site; cut: its link is set down' : 'TCP proxies on this machine; cut: they drop everything'}.`,
  );
  print(`Detection: ${DETECTION}. Runbooks as shipped, but ${DRILL_CHANGES}.`);
  print('Times are in milliseconds after the fault (planned: after the request to start).');
}

process.exitCode = await main().catch((error: unknown) => {
  print(`\nThe drill stopped: ${error instanceof Error ? error.message : String(error)}`);
  return 1;
});
