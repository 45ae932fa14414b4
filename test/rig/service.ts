import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { answersOk } from './exchange.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { builtProgram, projectRoot, writeInto } from './project.js';

/** For firebreak.yaml: tests that open many executions on purpose would meet the limits across all runbooks. */
export const NO_GOVERNOR = 'governor: { changeBudget: off, conflicts: [], loop: { limit: 1000, per: 1s } }\n';

/** A Firebreak process with runbooks of the test's own. */
export interface RigService {
  readonly url: string;
  readonly process: () => RunningProcess;
  /** kill -9. */
  readonly kill: () => Promise<void>;
  /** Starts it again with the same settings. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What a test may choose. */
export interface ServiceOptions {
  /** Name of each file and its text. */
  readonly runbooks: Readonly<Record<string, string>>;
  /** Further environment, for example FIREBREAK_REDIS_URL or FIREBREAK_ROLE. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text of firebreak.yaml. */
  readonly settings?: string;
  /** Text of topology.yaml; the project's own without it. */
  readonly topology?: string;
  /** Another program than the service itself, for example one with a part that fails on purpose. */
  readonly program?: string;
  readonly arguments?: readonly string[];
  /** Where it listens, when others have to know that before; a free port without it. */
  readonly port?: number;
}

/** Starts Firebreak as its users do, in a folder of its own; without FIREBREAK_REDIS_URL it brings its own Redis. */
export async function startService(options: ServiceOptions): Promise<RigService> {
  const folder = rigFolder('service');
  const port = options.port ?? (await freePort());
  mkdirSync(join(folder, 'runbooks'), { recursive: true });
  for (const [name, text] of Object.entries(options.runbooks)) writeInto(folder, join('runbooks', name), text);
  const config = writeInto(folder, 'firebreak.yaml', options.settings ?? '{}\n');
  const url = `http://127.0.0.1:${port}`;
  const topology =
    options.topology === undefined
      ? join(projectRoot, 'topology.yaml')
      : writeInto(folder, 'topology.yaml', options.topology);
  const start = (): Promise<RunningProcess> =>
    startProcess({
      name: 'service',
      command: process.execPath,
      args: [options.program ?? builtProgram('src/main.js'), ...(options.arguments ?? [])],
      folder,
      env: {
        FIREBREAK_PORT: String(port),
        FIREBREAK_DATA_DIR: join(folder, 'data'),
        FIREBREAK_RUNBOOKS: join(folder, 'runbooks'),
        FIREBREAK_TOPOLOGY: topology,
        FIREBREAK_CONFIG: config,
        ...options.env,
      },
      ready: () => answersOk(`${url}/-/ready`),
      readyWithinMs: 60_000,
    });
  let running = await start();
  return {
    url,
    process: () => running,
    kill: () => running.kill(),
    restart: async () => {
      await running.stop();
      running = await start();
    },
    stop: async () => {
      await running.stop();
      removeFolder(folder);
    },
  };
}
