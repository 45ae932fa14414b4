#!/usr/bin/env node
import { runDoctor } from '../doctor/run-doctor.js';
import { loadConfig } from '../config.js';
import { labelsFrom } from '../core/alert.js';
import { openCatalog } from '../start/open-catalog.js';
import { callService } from './call-service.js';
import { validate } from './validate.js';

/** Exit code of sysexits.h for "used wrongly". */
const EX_USAGE = 64;

const HELP = `firebreak: answers alerts with runbooks

  firebreak serve                                run the service (the same as npm start)
  firebreak validate [folder]                    check settings, plugins, runbooks and topology; every mistake at once
  firebreak doctor --prometheus f --alertmanager f
                                                 how long a recovery can take with these configurations, and what costs most
  firebreak simulate <body.json>                 what would happen for this webhook body; touches nothing
  firebreak executions [--phase p] [--limit n]   list executions
  firebreak approve <id> --digest d              approve a plan that was shown
  firebreak pause <scope> --reason r             stop everything in scope: all, runbook:<name>, plugin:<name>, target:<glob>

The last four call a running service at FIREBREAK_URL (http://localhost:9700), with FIREBREAK_TOKEN if it asks for one.`;

/** Finds runbooks the way alerts do, if there are any here; without them the doctor goes by the label `runbook`. */
async function runbooksFor(): Promise<((labels: Readonly<Record<string, string>>) => string[]) | undefined> {
  const loaded = loadConfig(process.env, process.cwd());
  const opened = loaded.ok ? await openCatalog(loaded.config) : undefined;
  if (opened?.ok !== true || opened.catalog.current.runbooks.size === 0) return undefined;
  const { index } = opened.catalog.current;
  return (labels) => index.candidates(labelsFrom(labels)).map((runbook) => runbook.name);
}

/** Runs one command; answers with the exit code. */
async function run([command, ...args]: readonly string[]): Promise<number> {
  const out = (line: string): void => console.log(line);
  switch (command) {
    case 'serve':
      await import('../main.js');
      return 0;
    case 'validate':
      return validate(args, out);
    case 'doctor':
      return runDoctor([...args], out, await runbooksFor());
    case 'simulate':
    case 'executions':
    case 'approve':
    case 'pause':
      return callService(command, args, out);
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      out(HELP);
      return 0;
    default:
      console.error(`firebreak: there is no command ${command}\n\n${HELP}`);
      return EX_USAGE;
  }
}

run(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(`firebreak: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  },
);
