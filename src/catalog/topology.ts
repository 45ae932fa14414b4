import type { Governor, ServingRule } from '../core/governor.js';
import type { Scope } from '../core/template.js';
import { checkSchema } from './check-schema.js';
import { jsonFrom } from './json-from.js';
import { inReadingOrder, type Problem } from './problem.js';
import type { SourceFile } from './source-files.js';
import { groupsOf, servingRulesOf } from './topology-groups.js';
import { checkTopology } from './topology-rules.js';
import { topologySchema, type TopologyFile } from './topology-schema.js';
import { parseYaml } from './yaml-source.js';

/** Regions and centres, and what templates may read of them. */
export interface Topology extends Pick<TopologyFile, 'regions' | 'centers' | 'pairs' | 'assertions'> {
  /** `{ regions, centers, pairs }`; every centre also has its `id`. */
  readonly scope: Scope['topology'];
  /** How many targets each group has: those of `groups`, and centres by region, vendor and role. */
  readonly groups: Governor['groups'];
  /** The assertions, with the capacity of each centre that they count. */
  readonly servingRules: readonly ServingRule[];
}

/** What came of reading a topology file. */
export type ReadTopology =
  { readonly ok: true; readonly topology: Topology } | { readonly ok: false; readonly problems: readonly Problem[] };

/** The topology of somebody who has described none. */
export const EMPTY_TOPOLOGY: Topology = topologyFrom({
  apiVersion: 'firebreak/v1',
  kind: 'Topology',
  regions: {},
  centers: {},
  pairs: [],
  groups: {},
  assertions: [],
});

/** Reads a topology file and finds everything that is wrong with it. */
export function readTopology({ file, text }: SourceFile): ReadTopology {
  const parsed = parseYaml(file, text);
  if (!parsed.ok) return parsed;
  const checked = checkSchema(topologySchema, parsed.source.value);
  const issues = checked.ok ? checkTopology(checked.data) : checked.issues;
  if (checked.ok && issues.length === 0) return { ok: true, topology: topologyFrom(checked.data) };
  return { ok: false, problems: inReadingOrder(issues.map((issue) => parsed.source.problem(issue))) };
}

function topologyFrom(file: TopologyFile): Topology {
  const { regions, centers, pairs, assertions } = file;
  const named = Object.entries(centers).map(([id, center]) => [id, { id, ...center }] as const);
  const parts = Object.entries({ regions, centers: Object.fromEntries(named), pairs });
  const scope = parts.map(([name, part]) => {
    const taken = jsonFrom(part);
    return [name, taken.ok ? taken.json : null] as const;
  });
  return Object.freeze({
    regions,
    centers,
    pairs,
    assertions,
    scope: Object.freeze(Object.fromEntries(scope)),
    groups: groupsOf(file),
    servingRules: servingRulesOf(file),
  });
}
