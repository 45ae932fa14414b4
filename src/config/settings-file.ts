import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { checkSchema } from '../catalog/check-schema.js';
import { formatProblem } from '../catalog/problem.js';
import { displayed } from '../catalog/source-files.js';
import type { Issue } from '../catalog/yaml-position.js';
import { parseYaml, type YamlSource } from '../catalog/yaml-source.js';
import type { Json } from '../core/json.js';
import { permissionsSchema, type Permissions } from '../plugin-host/child/permissions.js';
import { accessSchema, NO_ACCESS, type AccessSettings } from './access.js';
import { strangeSubjects } from './access/proxy.js';
import { resolveReferences, strayReferences } from './environment-references.js';
import { governorFrom, governorSchema, type GovernorSettings } from './governor.js';
import { DEFAULT_NOTIFY, notifyFrom, notifySchema, type NotifySettings } from './notify.js';
import { VARIABLES } from './settings.js';
import { standingProbesFrom, standingProbesSchema, type StandingProbe } from './standing-probes.js';
import { readTokens, tokensSchema, type Token } from './tokens.js';

/** What firebreak.yaml says, as far as it is right. */
export interface SettingsFile {
  /** Values for the settings that have an environment variable too, not yet checked. */
  readonly settings: { readonly [name: string]: unknown };
  readonly plugins: { readonly [id: string]: Json };
  /** What each plugin in a child process may do, by its id. */
  readonly permissions: { readonly [id: string]: Permissions };
  readonly config: { readonly [name: string]: Json };
  readonly tokens: readonly Token[];
  readonly access: AccessSettings;
  readonly governor: GovernorSettings;
  readonly probes: readonly StandingProbe[];
  readonly notify: NotifySettings;
  readonly problems: readonly string[];
  /** Says where in the file a setting stands. */
  readonly place: (setting: string) => string;
}

const values = z.record(z.string(), z.json());
const settingNames = z.object(Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, z.unknown().optional()])));

const fileSchema = z.strictObject({
  ...settingNames.shape,
  plugins: values.default({}),
  permissions: z.record(z.string(), permissionsSchema).default({}),
  config: values.default({}),
  tokens: tokensSchema.default([]),
  access: accessSchema.prefault({}),
  governor: governorSchema.prefault({}),
  probes: standingProbesSchema,
  notify: notifySchema.prefault({}),
});

const NOTHING: SettingsFile = {
  settings: {},
  plugins: {},
  permissions: {},
  config: {},
  tokens: [],
  access: NO_ACCESS,
  governor: governorFrom(governorSchema.parse({})),
  probes: [],
  notify: DEFAULT_NOTIFY,
  problems: [],
  place: (setting) => setting,
};

/**
 * Reads firebreak.yaml.
 *
 * @param path named by FIREBREAK_CONFIG; otherwise ./firebreak.yaml is taken when it is there
 * @param env for `${NAME}` in plugin configurations
 * @param cwd what relative paths start from
 */
export function readSettingsFile(path: string | undefined, env: NodeJS.ProcessEnv, cwd: string): SettingsFile {
  const file = resolve(cwd, path ?? 'firebreak.yaml');
  if (path === undefined && !existsSync(file)) return NOTHING;
  const text = readText(file);
  if (text?.trim() === '') return NOTHING;
  if (text === undefined) return { ...NOTHING, problems: [`FIREBREAK_CONFIG: ${displayed(file)} cannot be read`] };
  const parsed = parseYaml(displayed(file), text);
  if (!parsed.ok) return { ...NOTHING, problems: parsed.problems.map(formatProblem) };
  // Nothing but comments.
  return parsed.source.value === null ? NOTHING : understand(parsed.source, env, cwd);
}

function understand(source: YamlSource, env: NodeJS.ProcessEnv, cwd: string): SettingsFile {
  const place = (setting: string): string => formatProblem(source.problem({ path: [setting], message: setting }));
  const issues: Issue[] = [];
  const checked = checkSchema(fileSchema, withAccess(source.value, env, issues));
  const settings = settingNames.safeParse(source.value).data ?? {};
  const explain = (issue: Issue): string => formatProblem(source.problem(issue));
  if (!checked.ok) return { ...NOTHING, settings, place, problems: checked.issues.map(explain) };
  const { plugins, permissions, config, tokens, access, governor, probes, notify } = checked.data;
  issues.push(...strayReferences(config, ['config']));
  for (const [i, probe] of probes.entries()) issues.push(...strayReferences(probe.with.source, ['probes', i, 'with']));
  const configured = Object.entries(plugins).map(
    ([id, one]) => [id, resolveReferences(one, env, ['plugins', id], issues)] as const,
  );
  const known = readTokens(tokens, cwd, issues);
  issues.push(...strangeSubjects(access.proxy, tokens));
  return {
    settings,
    plugins: Object.fromEntries(configured),
    permissions,
    config,
    tokens: known,
    access,
    governor: governorFrom(governor),
    probes: standingProbesFrom(probes, explain),
    notify: notifyFrom(notify, explain),
    place,
    problems: issues.map(explain),
  };
}

const withSecrets = z.looseObject({ access: z.json() });

/** Secrets under `access` stand in the environment: what is checked is what they are. */
function withAccess(value: unknown, env: NodeJS.ProcessEnv, issues: Issue[]): unknown {
  const { data } = withSecrets.safeParse(value);
  return data === undefined ? value : { ...data, access: resolveReferences(data.access, env, ['access'], issues) };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
