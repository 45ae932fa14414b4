import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { explainIssue } from '../catalog/explain-issue.js';
import { formatProblem } from '../catalog/problem.js';
import { displayed } from '../catalog/source-files.js';
import { parseYaml } from '../catalog/yaml-source.js';
import type { RedisLocation } from './redis-location.js';
import { ONLY_IN_ENVIRONMENT, settingsSchema, VARIABLES, type Settings } from './settings.js';

/** Where Firebreak's state and runbooks are. All paths are absolute. */
export interface RedisSettings {
  readonly redis: RedisLocation;
  readonly durability: Settings['durability'];
  readonly dataDir: string;
  readonly runbooks: string;
}

/** The settings, or why nobody can tell which Redis it is. */
export type FoundRedis =
  | { readonly ok: true; readonly settings: RedisSettings }
  | { readonly ok: false; readonly problems: readonly string[] };

const few = settingsSchema.pick({ redisUrl: true, dataDir: true, runbooks: true, durability: true });
const NAMES = ['redisUrl', 'dataDir', 'runbooks', 'durability'] as const;

/**
 * Reads only the settings that say where Redis is, the same way as all of them are read. Whatever else is wrong does not
 * matter: the kill switch must work where the service would not start, as in a shell without its secrets.
 *
 * @param env the process's environment
 * @param cwd what relative paths start from
 */
export function findRedis(env: NodeJS.ProcessEnv, cwd: string): FoundRedis {
  const named = valueOf(env, ONLY_IN_ENVIRONMENT.config);
  const file = readFile(resolve(cwd, named ?? 'firebreak.yaml'), named !== undefined);
  const isNamed = valueOf(env, VARIABLES.redisUrl) !== undefined;
  // a file that cannot be read may name another Redis than the one that would be guessed
  if (!file.ok && !isNamed) return file;
  const written = file.ok ? file.values : {};
  const raw = Object.fromEntries(NAMES.map((name) => [name, valueOf(env, VARIABLES[name]) ?? written[name]]));
  const parsed = few.safeParse(raw, { error: explainIssue });
  if (!parsed.success)
    return { ok: false, problems: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) };
  const { redisUrl: redis, dataDir, runbooks, durability } = parsed.data;
  return {
    ok: true,
    settings: { redis, durability, dataDir: resolve(cwd, dataDir), runbooks: resolve(cwd, runbooks) },
  };
}

type ReadFile =
  | { readonly ok: true; readonly values: { readonly [name: string]: unknown } }
  | { readonly ok: false; readonly problems: readonly string[] };

function readFile(path: string, mustBeThere: boolean): ReadFile {
  if (!mustBeThere && !existsSync(path)) return { ok: true, values: {} };
  try {
    const parsed = parseYaml(displayed(path), readFileSync(path, 'utf8'));
    if (!parsed.ok) return { ok: false, problems: parsed.problems.map(formatProblem) };
    return { ok: true, values: z.record(z.string(), z.unknown()).catch({}).parse(parsed.source.value) };
  } catch {
    return { ok: false, problems: [`${displayed(path)} cannot be read`] };
  }
}

function valueOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}
