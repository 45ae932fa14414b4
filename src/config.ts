import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { isOpen } from './access/is-open.js';
import { explainIssue } from './catalog/explain-issue.js';
import { unknownWord } from './catalog/suggestion.js';
import type { RedisLocation } from './config/redis-location.js';
import { ONLY_IN_ENVIRONMENT, settingsSchema, VARIABLES, type Settings } from './config/settings.js';
import type { GovernorSettings } from './config/governor.js';
import { readSettingsFile, type SettingsFile } from './config/settings-file.js';
import type { NotifySettings } from './config/notify.js';
import type { StandingProbe } from './config/standing-probes.js';
import { loginProblem } from './config/access/sessions.js';
import type { AccessSettings } from './config/access.js';
import type { Token } from './config/tokens.js';
import type { Json } from './core/json.js';
import type { Permissions } from './plugin-host/child/permissions.js';

/** Every setting of the service; made once at the start and never changed. All paths are absolute. */
export interface Config {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly role: 'all' | 'api' | 'worker';
  readonly redis: RedisLocation;
  readonly dataDir: string;
  readonly runbooks: string;
  /** Absent when none is named and ./topology.yaml is not there. */
  readonly topology?: string;
  /** Folders or packages of plugins beside the built-in ones. */
  readonly morePlugins: readonly string[];
  /** Ids of built-in plugins that run in child processes, as those of `morePlugins` always do. */
  readonly isolate: readonly string[];
  readonly durability: 'durable' | 'standard' | 'ha';
  readonly sourceId: string;
  readonly logLevel: Settings['logLevel'];
  /** So many things does one metric name: executions, runbooks, centres. */
  readonly infoSeries: number;
  readonly exitAfterReady: boolean;
  /** Configuration of each plugin, by its id, with references to the environment replaced. */
  readonly plugins: { readonly [id: string]: Json };
  /** What each plugin in a child process may do, by its id. */
  readonly permissions: { readonly [id: string]: Permissions };
  /** What templates read as `config`. */
  readonly config: { readonly [name: string]: Json };
  readonly tokens: readonly Token[];
  /** Who may do what beside the tokens, and how people show who they are. */
  readonly access: AccessSettings;
  /** Limits across all runbooks. */
  readonly governor: GovernorSettings;
  /** What is asked all the time. */
  readonly probes: readonly StandingProbe[];
  /** Who hears of what, and in which words. */
  readonly notify: NotifySettings;
}

/** What came of reading the settings: all of them, or everything that is wrong with them. */
export type LoadedConfig =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads all settings from the environment and from firebreak.yaml; the environment wins, and an empty variable counts
 * as not set.
 *
 * @param env the process's environment
 * @param cwd what relative paths start from
 */
export function loadConfig(env: NodeJS.ProcessEnv, cwd: string): LoadedConfig {
  const file = readSettingsFile(valueOf(env, ONLY_IN_ENVIRONMENT.config), env, cwd);
  const problems = [...unknownVariables(env), ...file.problems];
  const exitAfterReady = valueOf(env, ONLY_IN_ENVIRONMENT.exitAfterReady) ?? '0';
  if (!['0', '1'].includes(exitAfterReady)) problems.push(`${ONLY_IN_ENVIRONMENT.exitAfterReady}: must be 0 or 1`);
  const settings = readSettings(env, file, problems);
  if (settings === undefined) return { ok: false, problems };
  if (file.problems.length === 0 && isOpen(file) && !isLoopback(settings.host)) {
    problems.push(
      `${sourceOf('host', env, file)}: without "tokens" or "access" in firebreak.yaml only a loopback address is allowed, such as 127.0.0.1`,
    );
  }
  const login = loginProblem(file.access, publicUrlOf(settings));
  if (login !== undefined) problems.push(`${sourceOf('publicUrl', env, file)}: ${login}`);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, config: Object.freeze(configFrom(settings, file, cwd, exitAfterReady === '1')) };
}

function readSettings(env: NodeJS.ProcessEnv, file: SettingsFile, problems: string[]): Settings | undefined {
  const raw = Object.entries(VARIABLES).map(
    ([name, variable]) => [name, valueOf(env, variable) ?? file.settings[name]] as const,
  );
  const parsed = settingsSchema.safeParse(Object.fromEntries(raw), { error: explainIssue });
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues)
    problems.push(`${sourceOf(String(path[0]), env, file)}: ${message}`);
  return undefined;
}

/** The name under which somebody set it. */
function sourceOf(setting: string, env: NodeJS.ProcessEnv, file: SettingsFile): string {
  const variable = Object.entries(VARIABLES).find(([name]) => name === setting)?.[1] ?? setting;
  return valueOf(env, variable) === undefined && file.settings[setting] !== undefined ? file.place(setting) : variable;
}

function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const known: string[] = [...Object.values(VARIABLES), ...Object.values(ONLY_IN_ENVIRONMENT)];
  return Object.keys(env)
    .filter((name) => name.startsWith('FIREBREAK_') && !known.includes(name))
    .map((name) => `${name}: ${unknownWord('unknown variable', name, known)}`);
}

function valueOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function publicUrlOf({ publicUrl, port }: Settings): string {
  return publicUrl ?? `http://localhost:${port}`;
}

function configFrom(settings: Settings, file: SettingsFile, cwd: string, exitAfterReady: boolean): Config {
  const { host, port, role, redisUrl, morePlugins, isolate, durability, logLevel, infoSeries } = settings;
  const topology = settings.topology ?? (existsSync(resolve(cwd, 'topology.yaml')) ? 'topology.yaml' : undefined);
  return {
    host,
    port,
    role,
    redis: redisUrl,
    morePlugins,
    isolate,
    durability,
    logLevel,
    infoSeries,
    exitAfterReady,
    publicUrl: publicUrlOf(settings),
    dataDir: resolve(cwd, settings.dataDir),
    runbooks: resolve(cwd, settings.runbooks),
    ...(topology === undefined ? {} : { topology: resolve(cwd, topology) }),
    sourceId: settings.sourceId ?? `${hostname()}-${process.pid}`,
    plugins: file.plugins,
    permissions: file.permissions,
    config: file.config,
    tokens: file.tokens,
    access: file.access,
    governor: file.governor,
    probes: file.probes,
    notify: file.notify,
  };
}
