import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { startLonePostgres, type LonePostgres } from './lone-postgres.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { projectRoot } from './project.js';
import { waitFor } from './wait-for.js';

/** A feature in one environment. */
export type RigFeature = z.infer<typeof environmentSchema>;

/** A real Unleash server, with the project `default` and the environments `development` and `production`. */
export interface RigUnleash {
  readonly url: string;
  /** Of a user that may change features, but not go round change requests. */
  readonly token: string;
  /** Of a user that may only look. */
  readonly viewerToken: string;
  /** Of an application, which may not even look at the admin API. */
  readonly backendToken: string;
  readonly process: RunningProcess;
  /** Makes a feature that everybody has in `production`. */
  readonly create: (feature: string) => Promise<void>;
  /** Whether a feature is on in `production`, and by which strategies. */
  readonly look: (feature: string) => Promise<RigFeature | undefined>;
  /** Whether a feature is on. */
  readonly isOn: (feature: string, environment?: string) => Promise<boolean>;
  /** Turns a feature on or off, as another user than the owner of `token`. */
  readonly turn: (feature: string, to: 'on' | 'off', environment?: string) => Promise<void>;
  /** How often a feature was turned in `production`. */
  readonly turns: (feature: string) => Promise<number>;
  /** Takes away all strategies of a feature in `production`, which turns it off. */
  readonly dropStrategies: (feature: string) => Promise<void>;
  /** Any request to the admin API, as another user than the owner of `token`. */
  readonly ask: (method: string, path: string, body?: object) => Promise<unknown>;
  /** Has changes to `production` go through change requests, or no longer. */
  readonly protect: (on: boolean) => Promise<void>;
  /** Has Unleash forget who turned a feature. */
  readonly forgetEvents: (feature: string) => Promise<void>;
  /** Stops it and its database. */
  readonly stop: () => Promise<void>;
}

const HOME = join(projectRoot, 'tools/unleash/node_modules/unleash-server');
const ROOT_TOKEN = '*:*.root-canary-4b1e';
const ROLE_IDS = { editor: 2, viewer: 3 };

/** Starts Unleash and a PostgreSQL for it; it contacts nothing outside. */
export async function startUnleash(): Promise<RigUnleash> {
  if (!existsSync(HOME)) throw new Error('Unleash is not installed: node tools/setup/main.mjs test brings it');
  const folder = rigFolder('unleash');
  const database = await startLonePostgres('unleash');
  const stopAll = async (running?: RunningProcess) => {
    await running?.stop();
    await database.stop();
    removeFolder(folder);
  };
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const backendToken = 'default:production.backend-canary-17aa';
  let running: RunningProcess | undefined;
  try {
    running = await startServer(folder, database, { port, url, backendToken });
    const token = await makeUser(url, 'firebreak', ROLE_IDS.editor);
    const viewerToken = await makeUser(url, 'viewer', ROLE_IDS.viewer);
    return {
      ...talk(url),
      url,
      token,
      viewerToken,
      backendToken,
      process: running,
      protect: protection(database),
      forgetEvents: async (feature) =>
        void (await database.query(`DELETE FROM events WHERE feature_name = '${feature}'`, database.database)),
      stop: () => stopAll(running),
    };
  } catch (error) {
    await stopAll(running);
    throw error;
  }
}

function startServer(
  folder: string,
  database: LonePostgres,
  { port, url, backendToken }: { readonly port: number; readonly url: string; readonly backendToken: string },
): Promise<RunningProcess> {
  return startProcess({
    name: 'unleash',
    command: process.execPath,
    args: [join(HOME, 'dist/server.js')],
    folder,
    env: {
      NODE_ENV: 'production',
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: String(port),
      DATABASE_HOST: database.socketFolder,
      DATABASE_PORT: String(database.port),
      DATABASE_USERNAME: database.user,
      DATABASE_PASSWORD: '',
      DATABASE_NAME: database.database,
      DATABASE_SSL: 'false',
      INIT_ADMIN_API_TOKENS: ROOT_TOKEN,
      INIT_BACKEND_API_TOKENS: backendToken,
      CHECK_VERSION: 'false',
      SEND_TELEMETRY: 'false',
      LOG_LEVEL: 'warn',
      // As many as a test has of them.
      SIMPLE_LOGIN_LIMIT_PER_MINUTE: '1000',
      CREATE_USER_RATE_LIMIT_PER_MINUTE: '1000',
    },
    ready: async () => (await fetch(`${url}/health`)).ok,
    readyWithinMs: 60_000,
  });
}

const environmentSchema = z.object({
  name: z.string(),
  enabled: z.boolean(),
  strategies: z.array(z.object({ id: z.string() })),
});
const featureSchema = z.object({ environments: z.array(environmentSchema) });
const TURNED = ['feature-environment-enabled', 'feature-environment-disabled'];

function talk(url: string) {
  const ask = (method: string, path: string, body?: object) =>
    request(method, `${url}/api/admin${path}`, { authorization: ROOT_TOKEN }, body);
  const at = (feature: string, environment?: string) =>
    `/projects/default/features/${feature}${environment === undefined ? '' : `/environments/${environment}`}`;
  const look = async (feature: string, environment = 'production') => {
    const { environments } = featureSchema.parse(await ask('GET', at(feature)));
    return environments.find((one) => one.name === environment);
  };
  return {
    ask,
    look,
    create: async (feature: string) => {
      await ask('POST', '/projects/default/features', { name: feature });
      await ask('POST', `${at(feature, 'production')}/on`);
    },
    isOn: async (feature: string, environment?: string) => (await look(feature, environment))?.enabled === true,
    turn: async (feature: string, to: 'on' | 'off', environment = 'production') => {
      await ask('POST', `${at(feature, environment)}/${to}`);
    },
    turns: async (feature: string) => {
      const query = `feature=IS:${feature}&environment=IS:production&type=IS_ANY_OF:${TURNED.join(',')}&limit=1`;
      return z.object({ total: z.number() }).parse(await ask('GET', `/search/events?${query}`)).total;
    },
    dropStrategies: async (feature: string) => {
      for (const { id } of (await look(feature))?.strategies ?? [])
        await ask('DELETE', `${at(feature, 'production')}/strategies/${id}`);
    },
  };
}

/** Makes a user and a personal access token of that user. */
async function makeUser(url: string, username: string, rootRole: number): Promise<string> {
  const password = `Rig-canary-55d0-${username}!`;
  const user = { username, email: `${username}@example.com`, name: username, password, rootRole, sendEmail: false };
  await request('POST', `${url}/api/admin/user-admin`, { authorization: ROOT_TOKEN }, user);
  const login = await fetch(`${url}/auth/simple/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  if (!login.ok) throw new Error(`Unleash answered ${login.status} to the login of ${username}: ${await login.text()}`);
  const cookie = login.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  const wanted = { description: 'rig', expiresAt: '2099-01-01T00:00:00.000Z' };
  // The login is answered before it is kept.
  const made = await waitFor(
    `a token for ${username}`,
    () => request('POST', `${url}/api/admin/user/tokens`, { cookie }, wanted),
    30_000,
  );
  return z.object({ secret: z.string() }).parse(made).secret;
}

/** The server without a licence has the rule, but no way to set it. */
function protection({ query, database }: LonePostgres) {
  return async (on: boolean) => {
    await query('DELETE FROM change_request_settings', database);
    if (on)
      await query(
        `INSERT INTO change_request_settings (project, environment) VALUES ('default', 'production')`,
        database,
      );
  };
}

async function request(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body?: object,
): Promise<unknown> {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`Unleash answered ${answer.status} to ${method} ${url}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
