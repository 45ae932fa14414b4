import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ClosedLoop } from './closed-loop.js';
import { killWhenGone, spare } from './guardian.js';
import { deployFile, projectRoot, rigProgram, writeInto } from './project.js';

/** How a drill left, and what it printed. */
export interface DrillLeft {
  readonly code: number | null;
  readonly output: string;
}

/** A drill that is being held. */
export interface RunningDrill {
  /** What it has printed so far. */
  readonly output: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Nobody reads what it prints any more. */
  readonly goDeaf: () => void;
  readonly left: Promise<DrillLeft>;
}

/** The names of the drills in `deploy/drills/`. */
export function shippedDrills(): readonly string[] {
  return readdirSync(join(projectRoot, 'deploy/drills')).map((file) => file.replace(/\.yaml$/, ''));
}

/**
 * Writes a drill of `deploy/drills/` with the addresses of a loop.
 *
 * @param name of the file, without its ending
 * @param changes further texts that stand for others
 * @returns the path of the copy
 */
export function shippedDrill(
  loop: ClosedLoop,
  folder: string,
  name: string,
  changes: Readonly<Record<string, string>> = {},
): string {
  const text = deployFile(`drills/${name}.yaml`, {
    'http://prometheus:9090': loop.prometheus.url,
    'center-a:8081': loop.a.faults,
    'http://haproxy:8080': loop.haproxy.url,
    ...changes,
  });
  return writeInto(folder, `${name}.yaml`, text);
}

/** What the command needs to find a loop's Firebreak, and to be let in. */
export function drillEnv({ firebreak, adminToken }: ClosedLoop): Readonly<Record<string, string>> {
  return { FIREBREAK_URL: firebreak.url, FIREBREAK_TOKEN: adminToken };
}

/**
 * Starts `firebreak drill` as its users do.
 *
 * @param args what stands behind `drill`
 * @param env where the service is, and the token of an approver
 * @param print hears what it prints
 */
export function startDrill(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  print: (text: string) => void = () => undefined,
): RunningDrill {
  const child = spawn(process.execPath, [rigProgram('../../src/cli/main.js'), 'drill', ...args], {
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid !== undefined) killWhenGone(pid);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      print(text);
    });
  const left = new Promise<DrillLeft>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (pid !== undefined) spare(pid);
      resolve({ code, output });
    });
  });
  const goDeaf = (): void => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  return { output: () => output, signal: (signal) => void child.kill(signal), goDeaf, left };
}
