import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startClosedLoop } from './closed-loop.js';
import { complaint, DEMO_HEADING, demoRow, demoSummary } from './demo-report.js';
import { RUNBOOK_CHANGES } from './demo-runbooks.js';
import { startFeatureLoop } from './feature-loop.js';
import { anotherPhase, runFault, type Fault, type FaultRun } from './fault-run.js';
import type { Via } from './prometheus.js';
import { removeFolder, rigFolder } from './processes.js';
import { restore } from './restore.js';
import { drillEnv, shippedDrill, shippedDrills, startDrill } from './shipped-drill.js';

/**
 * The demonstration: takes the serving centre down again and again and shows how long users wait.
 * `npm run demo -- --runs 10 --via both --fault kill`
 */
const USAGE = `npm run demo -- [options]
  --runs N                                how many faults on each path (default 3)
  --via alertmanager | prometheus | both  which way the alert takes (default alertmanager)
  --fault kill | hang                     what happens to the serving centre (default kill)
  --rate N                                requests in a second (default 50)
  --feature                               turn a feature off and on again instead, seen by the users of a shop
  --drill NAME                            hold a drill of deploy/drills instead: kill-a-center, slow-center, failing-center
  --report FOLDER                         where its report goes
  --firebreak FILE                        another program than dist/src/main.js`;

const PATHS: Readonly<Record<Via, string>> = {
  alertmanager: 'Prometheus -> Alertmanager -> Firebreak -> HAProxy',
  prometheus: 'Prometheus -> Firebreak -> HAProxy (Alertmanager beside it)',
};

/** Runs the faults on one path, prints each, and gives the number of runs that were not good. */
async function demonstrate(via: Via, fault: Fault, runs: number, rate: number, firebreak?: string): Promise<number> {
  print(`\n${bold(PATHS[via])}\n`);
  const loop = await startClosedLoop({
    via,
    requestsPerSecond: rate,
    ...(firebreak === undefined ? {} : { firebreakProgram: resolve(firebreak) }),
  });
  const done: FaultRun[] = [];
  let bad = 0;
  try {
    print(bold(cells(DEMO_HEADING)));
    for (let number = 1; number <= runs; number++) {
      await anotherPhase(number);
      const run = await runFault(loop, fault);
      done.push(run);
      print(cells(demoRow(run, number)));
      const wrong = complaint(run);
      if (wrong !== undefined) {
        bad++;
        print(`     ${wrong}`);
      }
      await restore(loop);
    }
  } finally {
    await loop.stop();
  }
  print('');
  for (const line of demoSummary(done)) print(line);
  return bad;
}

/** Lets an alert turn a feature off and its end turn it on again, and shows how soon users see that. */
async function turnFeature(runs: number, rate: number): Promise<number> {
  print(`A shop with recommendations whose switch is in etcd, ${rate} requests/s. Milliseconds until users see it,`);
  print('from the alert (off) and from its end (on, of which 1,000 are clearFor).\n');
  const loop = await startFeatureLoop(rate);
  try {
    print(bold('run    off      on  failed'));
    for (let number = 1; number <= runs; number++) {
      const [off, on] = [await loop.until('off'), await loop.until('on')].map((ms) => Math.round(ms));
      const failed = loop.load.requests().filter(({ ok }) => !ok).length;
      print([`${number}`.padStart(3), `${off}`.padStart(6), `${on}`.padStart(7), `${failed}`.padStart(7)].join(' '));
    }
    return loop.load.requests().every(({ ok }) => ok) ? 0 : 1;
  } finally {
    await loop.stop();
  }
}

/** Holds a shipped drill on the demonstration's parts, by the command that users have; gives its exit code. */
async function holdDrill(via: Via, name: string, report?: string): Promise<number> {
  print(`\n${bold(PATHS[via])}\n`);
  const loop = await startClosedLoop({ via });
  const folder = rigFolder('drill');
  try {
    const told = report === undefined ? [] : ['--report', resolve(report)];
    const args = [shippedDrill(loop, folder, name), '--yes', ...told];
    const { code } = await startDrill(args, drillEnv(loop), (text) => void process.stdout.write(text)).left;
    return code ?? 1;
  } finally {
    removeFolder(folder);
    await loop.stop();
  }
}

function cells(row: readonly string[]): string {
  return row.map((cell, i) => cell.padStart(i === 0 ? 3 : (DEMO_HEADING[i] ?? '').length + 1)).join(' ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function bold(text: string): string {
  return process.stdout.isTTY && process.env['NO_COLOR'] === undefined ? `\x1b[1m${text}\x1b[22m` : text;
}

/** Reads the options, shows the demonstration and gives the exit code. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '3' },
      via: { type: 'string', default: 'alertmanager' },
      fault: { type: 'string', default: 'kill' },
      rate: { type: 'string', default: '50' },
      firebreak: { type: 'string' },
      drill: { type: 'string' },
      report: { type: 'string' },
      feature: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const runs = Number(values.runs);
  const rate = Number(values.rate);
  const { via, fault } = values;
  const knownVia = via === 'alertmanager' || via === 'prometheus' || via === 'both';
  const knownFault = fault === 'kill' || fault === 'hang';
  if (values.help || !knownVia || !knownFault || !(runs >= 1) || !(rate >= 1)) {
    print(USAGE);
    return values.help ? 0 : 64;
  }
  if (values.feature) return turnFeature(runs, rate);
  if (values.drill !== undefined && !shippedDrills().includes(values.drill)) {
    print(`There is no drill ${values.drill}; there are ${shippedDrills().join(', ')}.`);
    return 64;
  }
  if (values.drill !== undefined)
    return holdDrill(via === 'prometheus' ? via : 'alertmanager', values.drill, values.report);
  print(`Two centres behind HAProxy, ${rate} requests/s, no health checks; fault: ${fault} of the serving centre.`);
  print('All times in milliseconds after the fault; "service" is the first of 10 good answers in a row.');
  print(`The runbook cut-over-center runs with: ${RUNBOOK_CHANGES}.`);
  let bad = 0;
  const paths: readonly Via[] = via === 'both' ? ['alertmanager', 'prometheus'] : [via];
  for (const path of paths) bad += await demonstrate(path, fault, runs, rate, values.firebreak);
  print(bad === 0 ? '\nEvery fault was repaired by one execution.' : `\n${bad} of the runs were not good.`);
  return bad === 0 ? 0 : 1;
}

process.exitCode = await main().catch((error: unknown) => {
  print(`\nThe demonstration stopped: ${error instanceof Error ? error.message : String(error)}`);
  return 1;
});
