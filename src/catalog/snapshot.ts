import type { Instant } from '../core/alert.js';
import type { Runbook } from '../core/runbook.js';
import type { Surroundings, Template } from '../core/template.js';
import { buildRunbooks } from './load-runbooks.js';
import { MatchIndex } from './match-index.js';
import type { Names } from './names.js';
import { inReadingOrder, type Problem } from './problem.js';
import type { Sources } from './source-files.js';
import { EMPTY_TOPOLOGY, readTopology, type Topology } from './topology.js';

/** All runbooks and the topology as they were at one moment; never changed, only replaced as a whole. */
export interface Snapshot {
  /** SHA-256 over the contents of all files, in hexadecimal. */
  readonly version: string;
  readonly loadedAt: Instant;
  /** By name. */
  readonly runbooks: ReadonlyMap<string, Runbook>;
  /** Runbooks that wait for the configuration of plugins: name and plugins. */
  readonly resting: ReadonlyMap<string, readonly string[]>;
  /** The human parts, by the runbook's name. */
  readonly guides: ReadonlyMap<string, Template<string>>;
  readonly topology: Topology;
  /** What templates may read besides the alert. */
  readonly surroundings: Surroundings;
  readonly index: MatchIndex;
  /** What somebody should hear, although nothing is wrong. */
  readonly warnings: readonly string[];
}

/** What came of making a snapshot. */
export type BuiltSnapshot =
  { readonly ok: true; readonly snapshot: Snapshot } | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Makes a snapshot of files, or says everything that is wrong with them.
 *
 * @param sources the files
 * @param names what runbooks can name
 * @param config what templates read as `config`
 * @param now by the shared clock
 */
export async function buildSnapshot(
  sources: Sources,
  names: Names,
  config: Surroundings['config'],
  now: Instant,
): Promise<BuiltSnapshot> {
  const map = sources.topology === undefined ? undefined : readTopology(sources.topology);
  const topology = map?.ok === true ? map.topology : EMPTY_TOPOLOGY;
  // While the topology cannot be read nobody should hear that its assertions are missing.
  const hasAssertions = map?.ok === false || topology.assertions.length > 0;
  const { runbooks, resting, guides, problems } = await buildRunbooks(sources, { names, hasAssertions });
  const all = inReadingOrder([...problems, ...(map?.ok === false ? map.problems : [])]);
  if (all.length > 0) return { ok: false, problems: all };
  const byName = new Map(
    [...runbooks].sort((a, b) => (a.name < b.name ? -1 : 1)).map((runbook) => [runbook.name, runbook]),
  );
  const snapshot: Snapshot = {
    version: sources.digest,
    loadedAt: now,
    runbooks: byName,
    resting,
    guides,
    topology,
    surroundings: Object.freeze({ config, topology: topology.scope }),
    index: new MatchIndex(runbooks),
    warnings: Object.freeze(warningsAbout(byName.size, resting)),
  };
  return { ok: true, snapshot: Object.freeze(snapshot) };
}

function warningsAbout(count: number, resting: Snapshot['resting']): string[] {
  const waits = [...resting].map(
    ([name, plugins]) =>
      `runbook ${name} rests: plugins.${plugins.join(', plugins.')} is not configured in firebreak.yaml`,
  );
  return count === 0 ? [...waits, 'no runbook is in force: no alert will be answered until there is one'] : waits;
}
