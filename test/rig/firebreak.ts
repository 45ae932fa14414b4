import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEMO_GOVERNOR, demoRunbooks } from './demo-runbooks.js';
import { answersOk } from './exchange.js';
import { readExecutions, type ExecutionView } from './executions.js';
import { removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { builtProgram, deployFile, projectRoot, writeInto } from './project.js';

/** Tests look again and again, more often than anybody may. */
const UNLIMITED = '  rateLimit: { perMinute: 1000000 }\n';

/** A real Firebreak. */
export interface RigFirebreak {
  readonly url: string;
  readonly process: RunningProcess;
  /** The newest executions first. */
  readonly executions: () => Promise<readonly ExecutionView[]>;
  readonly stop: () => Promise<void>;
}

/** Where Firebreak finds the other parts. */
export interface FirebreakPeers {
  readonly port: number;
  readonly redisUrl: string;
  readonly prometheus: string;
  readonly haproxyAdmin: string;
  /** The file of the canary's map. */
  readonly haproxyMap: string;
  /** `host:port` of both centres. */
  readonly centers: { readonly a: string; readonly b: string };
  readonly blackbox: string;
  readonly tokens: RigTokens;
}

/** Files with the secrets that the parts of the rig use among themselves. */
export interface RigTokens {
  readonly alertFile: string;
  readonly adminFile: string;
  readonly admin: string;
}

/**
 * Starts Firebreak with the project's runbooks and topology and with `deploy/firebreak/firebreak.yaml`.
 *
 * @param peers where it listens and where the others are
 * @param program another build that speaks the same webhook, to compare; normally `dist/src/main.js`
 */
export async function startFirebreak(
  peers: FirebreakPeers,
  program = builtProgram('src/main.js'),
): Promise<RigFirebreak> {
  const folder = rigFolder('firebreak');
  const url = `http://127.0.0.1:${peers.port}`;
  const config = deployFile('firebreak/firebreak.yaml', {
    'http://prometheus:9090': peers.prometheus,
    'haproxy:9999': peers.haproxyAdmin,
    '/usr/local/etc/haproxy/colours.map': peers.haproxyMap,
    'center-a:8080': peers.centers.a,
    'center-b:8080': peers.centers.b,
    'http://blackbox:9115': peers.blackbox,
    '/run/secrets/alert-token': peers.tokens.alertFile,
    '/run/secrets/admin-token': peers.tokens.adminFile,
    'access:\n': `access:\n${UNLIMITED}`,
    '/run/secrets/viewer-token': writeInto(folder, 'viewer-token', 'rig-viewer-token-0123456789abcdef'),
  });
  const topology = join(projectRoot, 'topology.yaml');
  const process = await startProcess({
    name: 'firebreak',
    command: globalThis.process.execPath,
    args: [program],
    folder,
    env: {
      FIREBREAK_HOST: '127.0.0.1',
      FIREBREAK_PORT: String(peers.port),
      FIREBREAK_REDIS_URL: peers.redisUrl,
      FIREBREAK_DATA_DIR: join(folder, 'data'),
      FIREBREAK_RUNBOOKS: demoRunbooks(folder, 'cut-over-center'),
      FIREBREAK_CONFIG: writeInto(folder, 'firebreak.yaml', config + DEMO_GOVERNOR),
      ...(existsSync(topology) ? { FIREBREAK_TOPOLOGY: topology } : {}),
    },
    ready: () => answersOk(`${url}/-/ready`),
    readyWithinMs: 60_000,
  });
  return {
    url,
    process,
    executions: () => readExecutions(url, peers.tokens.admin),
    stop: async () => {
      await process.stop();
      removeFolder(folder);
    },
  };
}
