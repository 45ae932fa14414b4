import { fileURLToPath } from 'node:url';
import { Catalog } from '../catalog/catalog.js';
import type { Names } from '../catalog/names.js';
import { formatProblem, type Problem } from '../catalog/problem.js';
import type { Config } from '../config.js';
import { warnOfConflicts } from '../config/governor.js';
import type { Clock } from '../core/clock.js';
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
  const names = namesOf(loading.loaded);
  const opened = await Catalog.open({
    folder: config.runbooks,
    ...(config.topology === undefined ? {} : { topology: config.topology }),
    names,
    config: config.config,
    governor: config.governor,
    now: () => now(),
  });
  const standing = checkStandingProbes(config.probes, names, opened.ok ? opened.catalog.current : undefined);
  if (!opened.ok || standing.problems.length > 0) return refusal(opened.ok ? [] : opened.problems, standing.problems);
  const ids = loading.loaded.plugins.map((plugin) => plugin.id);
  return {
    ok: true,
    catalog: opened.catalog,
    plugins: loading.loaded,
    warnings: [...opened.warnings, ...warnOfConflicts(config.governor, ids), ...standing.warnings],
    useClock: (clock) => {
      now = () => clock.now();
    },
  };
}

/** Everything that is wrong at once: what stands in firebreak.yaml and what stands in the folder of runbooks. */
function refusal(runbooks: readonly Problem[], probes: readonly string[]) {
  const what = [...(runbooks.length > 0 ? ['runbooks'] : []), ...(probes.length > 0 ? ['standing probes'] : [])];
  return { ok: false as const, what: what.join(' and the '), problems: [...probes, ...runbooks.map(formatProblem)] };
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
