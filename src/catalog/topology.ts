import type { Governor, ServingRule } from '../core/governor.js';
import type { Scope } from '../core/template.js';
import { checkSchema } from './check-schema.js';
import { jsonFrom } from './json-from.js';
import { inReadingOrder, type Problem } from './problem.js';
import type { SourceFile } from './source-files.js';
import { baselinesOf, signedNumbers, type Baselines } from './topology-baselines.js';
import { groupsOf, servingRulesOf } from './topology-groups.js';
import { checkTopology } from './topology-rules.js';
import { topologySchema, type TopologyFile } from './topology-schema.js';
import { warningsOf } from './topology-warnings.js';
import { parseYaml } from './yaml-source.js';

/** Regions and centres, and what templates may read of them. */
export interface Topology extends Pick<TopologyFile, 'regions' | 'centers' | 'pairs' | 'services' | 'assertions'> {
  /** `{ regions, centers, pairs, services }`; a centre also has its `id` and resolved `baselines`, a service its `name`. */
  readonly scope: Scope['topology'];
  /** How many targets each group has: those of `groups`, and centres by region, vendor and role. */
  readonly groups: Governor['groups'];
  /** The assertions, with the capacity of each centre that they count. */
  readonly servingRules: readonly ServingRule[];
  /** What is usual at each centre. */
  readonly baselines: Baselines;
  /** What somebody should hear, although nothing is wrong. */
  readonly warnings: readonly string[];
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
  services: {},
  baselines: {},
  groups: {},
  assertions: [],
});

/** Reads a topology file and finds everything that is wrong with it. */
export function readTopology({ file, text }: SourceFile): ReadTopology {
  const parsed = parseYaml(file, text);
  if (!parsed.ok) return parsed;
  const checked = checkSchema(topologySchema, parsed.source.value);
  const issues = checked.ok
    ? [...checkTopology(checked.data), ...signedNumbers(checked.data, parsed.source)]
    : checked.issues;
  if (checked.ok && issues.length === 0) return { ok: true, topology: topologyFrom(checked.data) };
  return { ok: false, problems: inReadingOrder(issues.map((issue) => parsed.source.problem(issue))) };
}

function topologyFrom(file: TopologyFile): Topology {
  const { regions, centers, pairs, services, assertions } = file;
  const baselines = baselinesOf(file);
  const named = Object.entries(centers).map(
    ([id, center]) => [id, { id, ...center, baselines: baselines[id] ?? {} }] as const,
  );
  const servicesNamed = Object.entries(services).map(([name, service]) => [name, { name, ...service }] as const);
  const parts = Object.entries({
    regions,
    centers: Object.fromEntries(named),
    pairs,
    services: Object.fromEntries(servicesNamed),
  });
  const scope = parts.map(([name, part]) => {
    const taken = jsonFrom(part);
    return [name, taken.ok ? taken.json : null] as const;
  });
  return Object.freeze({
    regions,
    centers,
    pairs,
    services,
    assertions,
    baselines,
    scope: Object.freeze(Object.fromEntries(scope)),
    groups: groupsOf(file),
    servingRules: servingRulesOf(file),
    warnings: Object.freeze(warningsOf(file)),
  });
}
