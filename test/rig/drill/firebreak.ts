import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { answersOk } from '../exchange.js';
import { removeFolder, rigFolder, startProcess, type RunningProcess } from '../processes.js';
import { builtProgram, writeInto } from '../project.js';

const moment = z
  .string()
  .transform((text) => Date.parse(text))
  .optional();

const step = z.object({
  name: z.string(),
  state: z.string(),
  startedAt: moment,
  finishedAt: moment,
  error: z.string().optional(),
});

const execution = z.object({
  id: z.string(),
  runbook: z.string(),
  phase: z.string(),
  outcome: z.string().optional(),
  detail: z.string().optional(),
  closedAt: moment,
  held: z.object({ cause: z.string() }).optional(),
  plan: z.object({ digest: z.string().optional() }).loose().optional(),
  steps: z.array(step),
  timeline: z.object({
    receivedAt: moment,
    openedAt: moment,
    firstEffectAt: moment,
    appliedAt: moment,
    verifiedAt: moment,
  }),
});

/** What a drill reads of an execution; moments in milliseconds since the epoch. */
export type DrillExecution = z.output<typeof execution>;

const page = z.object({ items: z.array(execution) });
const decisions = z.object({
  items: z.array(z.looseObject({ runbook: z.string().optional(), detail: z.string().optional() })),
});

/** The Firebreak of a drill. */
export interface DrillFirebreak {
  readonly url: string;
  readonly process: () => RunningProcess;
  /** The newest executions first. */
  readonly executions: () => Promise<readonly DrillExecution[]>;
  /** What became of alerts, newest first; each as the API has it. */
  readonly decisions: () => Promise<readonly unknown[]>;
  /** Sends a request with the admin's token; the answer as JSON. */
  readonly ask: (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<{ status: number; body: unknown }>;
  /** Starts a worker after the one before was killed, whatever program is to run now. */
  readonly restart: (program?: string, args?: readonly string[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What the Firebreak of a drill is started with. */
export interface DrillSettings {
  readonly host: string;
  readonly port: number;
  readonly redisUrl: string;
  readonly adminToken: string;
  /** Name of each file and its text. */
  readonly runbooks: Readonly<Record<string, string>>;
  readonly topology: string;
  /** Text of firebreak.yaml. */
  readonly config: string;
  /** Another program than the service itself, for example one that dies at a chosen point. */
  readonly program?: string;
  readonly args?: readonly string[];
}

/** Starts Firebreak with everything it needs in a folder of its own. */
export async function startDrillFirebreak(settings: DrillSettings): Promise<DrillFirebreak> {
  const folder = rigFolder('drill-firebreak');
  const url = `http://${settings.host}:${settings.port}`;
  mkdirSync(join(folder, 'runbooks'), { recursive: true });
  for (const [name, text] of Object.entries(settings.runbooks)) writeInto(folder, join('runbooks', name), text);
  const env = {
    FIREBREAK_HOST: settings.host,
    FIREBREAK_PORT: String(settings.port),
    FIREBREAK_REDIS_URL: settings.redisUrl,
    FIREBREAK_DATA_DIR: join(folder, 'data'),
    FIREBREAK_RUNBOOKS: join(folder, 'runbooks'),
    FIREBREAK_TOPOLOGY: writeInto(folder, 'topology.yaml', settings.topology),
    FIREBREAK_CONFIG: writeInto(folder, 'firebreak.yaml', settings.config),
  };
  const start = (program = builtProgram('src/main.js'), args: readonly string[] = []): Promise<RunningProcess> =>
    startProcess({
      name: 'firebreak',
      command: process.execPath,
      args: [program, ...args],
      folder,
      env,
      ready: () => answersOk(`${url}/-/ready`),
      readyWithinMs: 60_000,
    });
  let running = await start(settings.program, settings.args);
  const ask: DrillFirebreak['ask'] = async (method, path, body) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${settings.adminToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    return { status: answer.status, body: await answer.json() };
  };
  return {
    url,
    process: () => running,
    executions: async () => page.parse((await ask('GET', '/api/v1/executions?limit=20')).body).items,
    decisions: async () => decisions.parse((await ask('GET', '/api/v1/decisions')).body).items,
    ask,
    restart: async (program, args) => {
      await running.stop();
      running = await start(program, args);
    },
    stop: async () => {
      await running.stop();
      removeFolder(folder);
    },
  };
}
