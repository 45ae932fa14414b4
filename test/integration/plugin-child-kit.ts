import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import type { Clock } from '../../src/core/clock.js';
import type { Json } from '../../src/core/json.js';
import { Children } from '../../src/plugin-host/child/children.js';
import type { End } from '../../src/plugin-host/child/life.js';
import { codeOf } from '../../src/plugin-host/child/plugin-code.js';
import { permissionsSchema } from '../../src/plugin-host/child/permissions.js';
import type { PluginCode } from '../../src/plugin-host/child/node-flags.js';
import type { Measurement, PluginLog } from '../../src/plugin-sdk/call.js';
import type { PluginInstance } from '../../src/plugin-sdk/plugin.js';
import { builtProgram, projectRoot } from '../rig/project.js';

/** The time of this machine. */
export const REAL_CLOCK: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** The folder of a plugin made for tests. */
export function fixture(name: string): string {
  return join(projectRoot, 'test/fixtures/plugins', name);
}

/** A plugin in a real child process, and all that was heard of it. */
export interface RigChild {
  readonly children: Children;
  readonly instance: PluginInstance;
  readonly lines: readonly string[];
  readonly logged: readonly string[];
  readonly ends: readonly End[];
  readonly ups: () => number;
  readonly pid: () => number | undefined;
  /** Measures with the probe `do` of the plugin `rogue`. */
  readonly does: (what: string, more?: { target?: string; ms?: number }, withinMs?: number) => Promise<Measurement>;
  readonly stop: () => Promise<void>;
}

/** What a test may choose. */
export interface ChildOptions {
  readonly configuration?: { readonly [id: string]: Json };
  readonly permissions?: { readonly [id: string]: object };
  readonly env?: NodeJS.ProcessEnv;
  /** Ids that are not for this plugin. */
  readonly taken?: readonly string[];
  /** Id of a shipped plugin in place of a folder. */
  readonly shipped?: string;
}

/** Starts a plugin as the service does, in the built child's program. */
export async function startChild(name: string, options: ChildOptions = {}): Promise<RigChild> {
  const { configuration = {}, permissions = {}, env = {}, shipped } = options;
  const children = new Children({
    configuration,
    permissions: Object.fromEntries(Object.entries(permissions).map(([id, one]) => [id, permissionsSchema.parse(one)])),
    env,
    clock: REAL_CLOCK,
    program: builtProgram('src/plugin-host/child/main.js'),
  });
  const [lines, logged, ends]: [string[], string[], End[]] = [[], [], []];
  let ups = 0;
  const log: PluginLog = {
    info: (message, fields) => void logged.push(`${message} ${JSON.stringify(fields ?? {})}`),
    warn: (message, fields) => void logged.push(`${message} ${JSON.stringify(fields ?? {})}`),
  };
  children.listen({
    line: (_, text) => void lines.push(text),
    log: () => log,
    up: () => void (ups += 1),
    down: (_, end) => void ends.push(end),
  });
  const plugin = await children.open(codeFor(name, shipped), new Set(options.taken ?? []));
  const instance = plugin.instantiate(configuration[plugin.id] ?? {}, log);
  return {
    children,
    instance,
    lines,
    logged,
    ends,
    ups: () => ups,
    pid: () => children.stateOf(plugin.id)?.pid,
    does: (what, more = {}, withinMs = 15_000) => {
      const probe = instance.provided.probes?.['do'];
      if (probe === undefined) throw new Error('the plugin has no probe "do"');
      const measured = probe.measure({ signal: AbortSignal.timeout(withinMs), log }, { what, ...more });
      const late = pause(withinMs + 20).then(() => Promise.reject(new Error('the caller waits no longer')));
      return Promise.race([measured, late]);
    },
    stop: () => children.close(),
  };
}

function codeFor(name: string, shipped: string | undefined): PluginCode {
  if (shipped !== undefined) {
    const file = builtProgram(`plugins/${shipped}/index.js`);
    return { name: shipped, entry: `file://${file}`, folder: join(file, '..'), builtIn: true };
  }
  const code = codeOf(fixture(name), projectRoot);
  if (typeof code === 'string') throw new Error(code);
  return code;
}
