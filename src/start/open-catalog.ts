import { fileURLToPath } from 'node:url';
import { Catalog } from '../catalog/catalog.js';
import type { Names } from '../catalog/names.js';
import { formatProblem } from '../catalog/problem.js';
import type { Config } from '../config.js';
import { warnOfConflicts } from '../config/governor.js';
import type { Clock } from '../core/clock.js';
import { findPlugins } from '../plugin-host/find-plugins.js';
import { loadPlugins, type LoadedPlugins } from '../plugin-host/loaded-plugins.js';

/** Plugins and runbooks that fit each other. */
export interface OpenCatalog {
  readonly ok: true;
  readonly catalog: Catalog;
  readonly plugins: LoadedPlugins;
  readonly warnings: readonly string[];
  /** From now on the catalogue's times are the shared ones. */
  useClock(clock: Clock): void;
}

const BUILT_IN = fileURLToPath(new URL('../../plugins', import.meta.url));

/** Loads plugins, runbooks and topology; needs no Redis, so that `firebreak validate` can do the same. */
export async function openCatalog(
  config: Config,
): Promise<OpenCatalog | { readonly ok: false; readonly what: string; readonly problems: readonly string[] }> {
  const found = await findPlugins(BUILT_IN, config.morePlugins);
  if (!found.ok) return { ok: false, what: 'plugins', problems: found.problems };
  const loading = loadPlugins(found.plugins, config.plugins, () => ({ info: () => undefined, warn: () => undefined }));
  if (!loading.ok) return { ok: false, what: 'plugin settings', problems: loading.problems };
  let now = (): number => Date.now();
  const opened = await Catalog.open({
    folder: config.runbooks,
    ...(config.topology === undefined ? {} : { topology: config.topology }),
    names: namesOf(loading.loaded),
    config: config.config,
    governor: config.governor,
    now: () => now(),
  });
  if (!opened.ok) return { ok: false, what: 'runbooks', problems: opened.problems.map(formatProblem) };
  const ids = loading.loaded.plugins.map((plugin) => plugin.id);
  return {
    ok: true,
    catalog: opened.catalog,
    plugins: loading.loaded,
    warnings: [...opened.warnings, ...warnOfConflicts(config.governor, ids)],
    useClock: (clock) => {
      now = () => clock.now();
    },
  };
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
