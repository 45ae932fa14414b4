import { fileURLToPath } from 'node:url';
import { Catalog } from '../catalog/catalog.js';
import type { Names } from '../catalog/names.js';
import { formatProblem, type Problem } from '../catalog/problem.js';
import type { Config } from '../config.js';
import { warnOfConflicts } from '../config/governor.js';
import { checkNotify } from '../config/notify.js';
import type { Clock } from '../core/clock.js';
import { Children } from '../plugin-host/child/children.js';
import { knows } from '../plugin-host/child/node-flags.js';
import { findPlugins } from '../plugin-host/find-plugins.js';
import { loadPlugins, type LoadedPlugins } from '../plugin-host/loaded-plugins.js';
import { checkStandingProbes } from '../watch/check-standing-probes.js';

/** Plugins and runbooks that fit each other. */
export interface OpenCatalog {
  readonly ok: true;
  readonly catalog: Catalog;
  readonly plugins: LoadedPlugins;
  readonly warnings: readonly string[];
  /** From now on the catalogue's times are the shared ones. */
  useClock(clock: Clock): void;
}

/** Children are started before there is a store, so their pauses are by this machine's clock. */
const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

const BUILT_IN = fileURLToPath(new URL('../../plugins', import.meta.url));

/** What keeps a catalogue from being opened. */
type Refusal = { readonly ok: false; readonly what: string; readonly problems: readonly string[] };

/** Loads plugins, runbooks and topology; needs no Redis, so that `firebreak validate` can do the same. */
export async function openCatalog(config: Config): Promise<OpenCatalog | Refusal> {
  const opened = await openPlugins(config);
  if (!opened.ok) return opened;
  const { plugins } = opened;
  const catalog = await openRunbooks(config, plugins);
  if (!catalog.ok) await plugins.close();
  return catalog;
}

async function openPlugins(config: Config): Promise<{ readonly ok: true; readonly plugins: LoadedPlugins } | Refusal> {
  const { plugins: configuration, permissions, morePlugins: more, isolate } = config;
  const children = new Children({ permissions, configuration, env: process.env, clock: SYSTEM_CLOCK });
  const refuse = async (what: string, problems: readonly string[]): Promise<Refusal> => {
    await children.close();
    return { ok: false, what, problems };
  };
  const found = await findPlugins(BUILT_IN, { more, isolate, children });
  if (!found.ok) return refuse('plugins', found.problems);
  const loading = loadPlugins(found.plugins, configuration, () => ({ info: () => undefined, warn: () => undefined }));
  const stray = Object.keys(permissions).filter((id) => !children.knows(id));
  const problems = stray.map(
    (id) => `permissions.${id}: no such plugin runs in a child process (see morePlugins, isolate)`,
  );
  if (!loading.ok) problems.push(...loading.problems);
  if (!loading.ok || problems.length > 0) return refuse('plugin settings', problems);
  const { loaded } = loading;
  const close = async (): Promise<void> => {
    await loaded.close();
    await children.close();
  };
  return { ok: true, plugins: { ...loaded, children, close } };
}

async function openRunbooks(config: Config, plugins: LoadedPlugins): Promise<OpenCatalog | Refusal> {
  let now = (): number => Date.now();
  const names = namesOf(plugins);
  const opened = await Catalog.open({
    folder: config.runbooks,
    ...(config.topology === undefined ? {} : { topology: config.topology }),
    names,
    config: config.config,
    governor: config.governor,
    now: () => now(),
  });
  const standing = checkStandingProbes(config.probes, names, opened.ok ? opened.catalog.current : undefined);
  const routes = checkNotify(config.notify, names);
  if (!opened.ok || standing.problems.length > 0 || routes.length > 0)
    return refusal(opened.ok ? [] : opened.problems, standing.problems, routes);
  const ids = plugins.plugins.map((plugin) => plugin.id);
  return {
    ok: true,
    catalog: opened.catalog,
    plugins,
    warnings: [
      ...warnOfOldNode(plugins),
      ...opened.warnings,
      ...warnOfConflicts(config.governor, ids),
      ...standing.warnings,
    ],
    useClock: (clock) => {
      now = () => clock.now();
    },
  };
}

/** What holds on this Node of what the operator may rely on. */
function warnOfOldNode({ children }: LoadedPlugins): string[] {
  if ((children?.states() ?? []).length === 0) return [];
  if (!knows.permissions)
    return ['this Node has no permission model: plugins in child processes may read, write and start anything'];
  return knows.network ? [] : ['this Node can not limit the network: a list of hosts holds only against mistakes'];
}

/** Everything that is wrong at once: what stands in firebreak.yaml and what stands in the folder of runbooks. */
function refusal(runbooks: readonly Problem[], probes: readonly string[], routes: readonly string[]) {
  const wrong = { runbooks: runbooks.map(formatProblem), 'standing probes': probes, 'routes of messages': routes };
  const what = Object.entries(wrong).flatMap(([name, problems]) => (problems.length > 0 ? [name] : []));
  return { ok: false as const, what: what.join(' and the '), problems: [...probes, ...routes, ...wrong.runbooks] };
}

function namesOf({ actions, probes, notifiers, plugins }: LoadedPlugins): Names {
  return {
    unconfigured: new Set(plugins.filter((plugin) => !plugin.configured).map((plugin) => plugin.id)),
    actions: new Map(
      [...actions].map(([name, { item }]) => [name, { params: item.params, reversible: item.reversible }]),
    ),
    probes: new Map([...probes].map(([name, { item }]) => [name, { params: item.params }])),
    notifiers: new Set(notifiers.keys()),
  };
}
