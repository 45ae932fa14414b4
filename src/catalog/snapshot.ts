import type { Instant } from '../core/alert.js';
import type { Runbook } from '../core/runbook.js';
import type { Template } from '../core/template.js';
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
  /** The human parts, by the runbook's name. */
  readonly guides: ReadonlyMap<string, Template<string>>;
  readonly topology: Topology;
  readonly index: MatchIndex;
}

/** What came of making a snapshot. */
export type BuiltSnapshot =
  | { readonly ok: true; readonly snapshot: Snapshot }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Makes a snapshot of files, or says everything that is wrong with them. */
export function buildSnapshot(sources: Sources, names: Names, now: Instant): BuiltSnapshot {
  const map = sources.topology === undefined ? undefined : readTopology(sources.topology);
  const topology = map?.ok === true ? map.topology : EMPTY_TOPOLOGY;
  // While the topology cannot be read nobody should hear that its assertions are missing.
  const hasAssertions = map?.ok === false || topology.assertions.length > 0;
  const { runbooks, guides, problems } = buildRunbooks(sources, { names, hasAssertions });
  const all = inReadingOrder([...problems, ...(map?.ok === false ? map.problems : [])]);
  if (all.length > 0) return { ok: false, problems: all };
  const byName = new Map([...runbooks].sort((a, b) => (a.name < b.name ? -1 : 1)).map((runbook) => [runbook.name, runbook]));
  const snapshot = { version: sources.digest, loadedAt: now, runbooks: byName, guides, topology, index: new MatchIndex(runbooks) };
  return { ok: true, snapshot: Object.freeze(snapshot) };
}
