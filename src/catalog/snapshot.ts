import type { GovernorSettings } from '../config/governor.js';
import type { Instant } from '../core/alert.js';
import type { Governor } from '../core/governor.js';
import type { Runbook } from '../core/runbook.js';
import type { Surroundings } from '../core/template.js';
import type { Guide } from './guide.js';
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
  readonly guides: ReadonlyMap<string, Guide>;
  /** The machine parts as they were written, by the runbook's name; also of those that rest. */
  readonly texts: ReadonlyMap<string, string>;
  readonly topology: Topology;
  /** What decisions are made with, as far as it stands in files. */
  readonly surroundings: Surroundings;
  readonly index: MatchIndex;
  /** What somebody should hear, although nothing is wrong. */
  readonly warnings: readonly string[];
}

/** What came of making a snapshot. */
export type BuiltSnapshot =
  { readonly ok: true; readonly snapshot: Snapshot } | { readonly ok: false; readonly problems: readonly Problem[] };

/** What a snapshot is made with besides the files. */
export interface SnapshotSettings {
  /** What runbooks can name. */
  readonly names: Names;
  /** What templates read as `config`. */
  readonly config: Surroundings['config'];
  readonly governor: GovernorSettings;
}

/**
 * Makes a snapshot of files, or says everything that is wrong with them.
 *
 * @param sources the files
 * @param settings what they are held against
 * @param now by the shared clock
 */
export async function buildSnapshot(
  sources: Sources,
  { names, config, governor }: SnapshotSettings,
  now: Instant,
): Promise<BuiltSnapshot> {
  const map = sources.topology === undefined ? undefined : readTopology(sources.topology);
  const topology = map?.ok === true ? map.topology : EMPTY_TOPOLOGY;
  // While the topology cannot be read nobody should hear that something is missing in it.
  const known = map?.ok === false ? {} : { topology };
  const { runbooks, resting, guides, texts, problems } = await buildRunbooks(sources, { names, ...known });
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
    texts,
    topology,
    surroundings: Object.freeze({
      config,
      topology: topology.scope,
      governor: governorFor(governor, topology),
      map: topology,
    }),
    index: new MatchIndex(runbooks),
    warnings: Object.freeze([...warningsAbout(byName, resting), ...topology.warnings]),
  };
  return { ok: true, snapshot: Object.freeze(snapshot) };
}

function governorFor({ changeBudget, conflicts, loop }: GovernorSettings, topology: Topology): Governor {
  return Object.freeze({
    ...(changeBudget === undefined ? {} : { changeBudget }),
    conflicts,
    loop,
    groups: topology.groups,
    centers: Object.keys(topology.centers),
    assertions: topology.servingRules,
  });
}

/** Gives the warnings but those that only say of a runbook that it rests. */
export function otherWarnings(warnings: readonly string[], resting: Snapshot['resting']): string[] {
  const rests = new Set([...resting].map(restWarning));
  return warnings.filter((warning) => !rests.has(warning));
}

function restWarning([name, plugins]: readonly [string, readonly string[]]): string {
  return `runbook ${name} rests: plugins.${plugins.join(', plugins.')} is not configured in firebreak.yaml`;
}

function warningsAbout(runbooks: Snapshot['runbooks'], resting: Snapshot['resting']): string[] {
  const waits = [...resting].map(restWarning);
  const inVain = [...runbooks.values()].flatMap(({ name, escalate, guards: { storm } }) => [
    ...(escalate !== undefined && resting.has(escalate)
      ? [`runbook ${name} escalates to ${escalate}, which rests`]
      : []),
    ...(storm?.propose !== undefined && resting.has(storm.propose)
      ? [`runbook ${name} proposes ${storm.propose} in a storm, which rests`]
      : []),
  ]);
  const none = runbooks.size === 0 ? ['no runbook is in force: no alert will be answered until there is one'] : [];
  return [...waits, ...inVain, ...none];
}
