#!/usr/bin/env node
import { EXIT, Stopped, WrongUse, type Run } from './command.js';
import { plain } from './plain.js';
import type { Verb } from './tell.js';
import { messageOf } from '../core/message-of.js';

/** What help says of a command, and where it is; each is loaded only when it is wanted. */
interface Command {
  readonly usage: readonly (readonly [line: string, does: string])[];
  readonly load: () => Promise<{ readonly run: Run }>;
}

function tell(verb: Verb, does: string): Command {
  return {
    usage: [['<id> --reason r', does]],
    load: async () => (await import('./tell.js')).telling(verb),
  };
}

const COMMANDS: { readonly [name: string]: Command } = {
  serve: { usage: [['', 'run the service (the same as npm start)']], load: () => import('./serve.js') },
  validate: {
    usage: [['[folder]', 'check settings, plugins, runbooks and topology; every mistake at once']],
    load: () => import('./validate.js'),
  },
  doctor: {
    usage: [
      [
        '--prometheus f --alertmanager f',
        'how long a recovery can take with these configurations, and what costs most',
      ],
    ],
    load: () => import('./doctor.js'),
  },
  try: {
    usage: [
      ['<runbook> --alert file.json', 'what the runbook would do about this alert, with its plan; needs no service'],
    ],
    load: () => import('./try.js'),
  },
  new: {
    usage: [['plugin <id>', 'write a plugin that works, with its contract test, a runbook and an alert']],
    load: () => import('./new.js'),
  },
  test: {
    usage: [['<folder>', 'run the tests of a plugin with the SDK and the contract of this installation']],
    load: () => import('./test.js'),
  },
  simulate: {
    usage: [['<body.json>', 'what would happen for this webhook body; touches nothing']],
    load: () => import('./simulate.js'),
  },
  executions: {
    usage: [
      ['[--phase p] [--outcome o] [--runbook r] [--target t] [--limit n]', 'list executions, newest first'],
      ['<id>', 'one execution: its plan, approvals, steps, verdict and lease'],
      ['export <id>', 'the same as a YAML record for a repository'],
    ],
    load: () => import('./executions.js'),
  },
  why: {
    usage: [
      ['<fingerprint | execution>', 'why something or nothing was done, and what one can do now'],
      ['--labels alertname=X,service=Y', 'the same for the alert with exactly these labels'],
      ['... --via redis|http', 'where it is looked up: in Redis, or, where FIREBREAK_URL is set, in that service'],
    ],
    load: () => import('./why.js'),
  },
  approve: {
    usage: [
      ['<id>', 'show the plan, and how to approve it'],
      ['<id> --digest d [--reason r]', 'approve the plan with this digest'],
    ],
    load: () => import('./approve.js'),
  },
  reject: tell('reject', 'say no to a plan; nothing is changed'),
  cancel: tell('cancel', 'stop it, and take back what it has changed'),
  revert: tell('revert', 'take back what it has changed, also after it ended well'),
  retry: tell('retry', 'let a held execution try again where it stopped'),
  accept: tell('accept', 'keep a held execution as it is, and end it'),
  take: tell('take', 'look after it: for a while nobody is told of it again'),
  notify: {
    usage: [
      [
        'routes --event e [--severity s] [--owner o] [--runbook r] [--target t]',
        'who would hear of it, by which routes of firebreak.yaml; needs no service',
      ],
      ['test <plugin/notifier>', 'send a message through one notifier'],
    ],
    load: () => import('./notify.js'),
  },
  leases: { usage: [['', 'every change that is in force for a time only']], load: () => import('./leases.js') },
  runbooks: {
    usage: [
      ['[name]', 'the runbooks in force with their figures, or one of them'],
      ['trust <name> --reason r', 'let a runbook that was put back go as far as its file says again'],
    ],
    load: () => import('./runbooks.js'),
  },
  storms: {
    usage: [
      ['', 'where too many targets are in trouble at once, and which'],
      ['end <key> --reason r', 'end a storm before it is calm'],
    ],
    load: () => import('./storms.js'),
  },
  centers: {
    usage: [
      ['', 'the centres of the topology, and which are in service'],
      ['set <id> --serving true|false --reason r', 'note that one is in service or not; nothing is switched'],
    ],
    load: () => import('./centers.js'),
  },
  topology: {
    usage: [['', 'regions, centres with how they are now, links, services, and whether each assertion holds']],
    load: () => import('./topology.js'),
  },
  token: {
    usage: [
      [
        'new <name> [--role r ...] [--runbook glob ...] [--target glob ...] [--until t]',
        'make a token: its secret, shown once, and its entry for firebreak.yaml; changes nothing',
      ],
    ],
    load: () => import('./token.js'),
  },
  password: {
    usage: [
      [
        '<name> [--role r ...]',
        'ask for a password, and give its entry for access.local of firebreak.yaml; changes nothing',
      ],
    ],
    load: () => import('./password.js'),
  },
  pause: {
    usage: [
      [
        '<scope> --reason r [--for 30m | --until t] [--by name]',
        'begin nothing more in scope: all, runbook:<name>, plugin:<name>, target:<glob>; what is in force can still be taken back',
      ],
      ['list', 'what is paused'],
      ['lift <id> --reason r [--by name]', 'let things begin again'],
      ['... --via http', 'the same through a running service; without it only Redis has to work'],
    ],
    load: () => import('./pause.js'),
  },
  drill: {
    usage: [
      [
        '<file> [--yes] [--report folder] [--kubectl]',
        'make a fault on purpose, judge what comes of it, and report it; leaves with 0 when it passed, 1 when not, 2 when it was not held',
      ],
      ['<file> --undo', 'take its fault back, when a drill could not'],
      ['<file> --check | --render', 'only read it, or show its resource of Chaos Mesh; touches nothing'],
      ['--schema', 'the JSON schema of a drill, for editors'],
    ],
    load: () => import('./drill.js'),
  },
  audit: {
    usage: [
      [
        'verify [--expect n:hash]',
        'recompute the audit and hold it against the journals; only Redis has to work, and nothing is written',
      ],
      ['list [--limit n]', 'the last records: who did what, by which account, from where and why'],
    ],
    load: () => import('./audit.js'),
  },
};

const SEPARATE = `Most of these ask a running service at FIREBREAK_URL (http://localhost:9700), with FIREBREAK_TOKEN if it asks for one.
They leave with 0 when it is done, 1 when the service says no, 64 when they are used wrongly, 69 when nobody answers.`;

function helpOf(names: readonly string[]): string {
  const lines = names.flatMap((name) =>
    (COMMANDS[name]?.usage ?? []).map(([line, does]) => [`firebreak ${name} ${line}`.trimEnd(), does] as const),
  );
  const width = Math.min(48, Math.max(...lines.map(([line]) => line.length)));
  const indent = ' '.repeat(width + 4);
  return lines
    .map(([line, does]) => (line.length > width ? `  ${line}\n${indent}${does}` : `  ${line.padEnd(width)}  ${does}`))
    .join('\n');
}

const HELP = `firebreak: answers alerts with runbooks\n\n${helpOf(Object.keys(COMMANDS))}\n\n${SEPARATE}`;

/** Runs one command; answers with the exit code. */
async function main([name = 'help', ...args]: readonly string[]): Promise<number> {
  const out = (line: string): void => console.log(plain(line));
  if (['help', '--help', '-h'].includes(name)) {
    out(HELP);
    return EXIT.done;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) return complain(`there is no command "${name}"; firebreak --help lists them`, EXIT.usage);
  if (name !== 'doctor' && args.some((arg) => arg === '--help' || arg === '-h')) {
    out(helpOf([name]));
    return EXIT.done;
  }
  try {
    const { run } = await command.load();
    return await run(args, out);
  } catch (error) {
    if (error instanceof WrongUse) return complain(`${error.message}\n\n${helpOf([name])}`, EXIT.usage);
    if (error instanceof Stopped) return complain(error.message, error.exitCode);
    return complain(messageOf(error), EXIT.no);
  }
}

function complain(text: string, code: number): number {
  console.error(plain(`firebreak: ${text}`));
  return code;
}

// whoever reads only the beginning of a list has read enough
process.stdout.on('error', () => process.exit());
process.exitCode = await main(process.argv.slice(2));
