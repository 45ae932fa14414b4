import type { Topology } from '../catalog/topology.js';
import { isFresh, type CenterCondition, type CentersNow } from '../core/affinity.js';
import type { Instant } from '../core/alert.js';
import type { ServingRule } from '../core/governor.js';
import { leftOf, restOf, type CenterMove } from '../core/serving-rule.js';
import type { CenterRecord } from '../engine/governance.js';
import { iso } from './instants.js';

/** What is known of the centres beside what the topology says. */
export interface TopologyFacts {
  readonly centers: CentersNow;
  readonly records: readonly CenterRecord[];
}

/** Makes the JSON of the topology: what it says, how its centres are, and whether its assertions hold. */
export function topologyView(topology: Topology, { centers, records }: TopologyFacts, now: Instant) {
  const { regions, pairs, services, servingRules } = topology;
  const byCenter = new Map(records.map((record) => [record.center, record]));
  return {
    regions: Object.entries(regions).map(([id, region]) => ({ id, ...region })),
    centers: Object.keys(topology.centers).map((id) => centerView(id, topology, centers, byCenter.get(id), now)),
    pairs,
    services: Object.entries(services).map(([name, service]) => ({ name, ...service })),
    assertions: servingRules.map((rule) => assertionView(rule, centers, byCenter, now)),
  };
}

function centerView(
  id: string,
  { centers, baselines }: Topology,
  { conditions, outOfService }: CentersNow,
  record: CenterRecord | undefined,
  now: Instant,
) {
  const by = Object.hasOwn(outOfService, id) ? outOfService[id] : undefined;
  const condition = Object.hasOwn(conditions, id) ? conditions[id] : undefined;
  const moved = record?.moved;
  return {
    id,
    ...centers[id],
    baselines: baselines[id] ?? {},
    ...standing(by, moved),
    ...(moved === undefined ? {} : { moved: { ...moved, at: iso(moved.at) } }),
    ...(condition === undefined ? {} : { condition: conditionView(condition, now) }),
    ...(record?.provenAt === undefined ? {} : { provenAt: iso(record.provenAt) }),
  };
}

/** Whether a centre is in service, and otherwise since when and by whom; executions, or `person:<name>`. */
export function standing(
  by: readonly string[] | undefined,
  moved: CenterMove | undefined,
): { readonly inService: boolean; readonly by?: readonly string[]; readonly since?: string } {
  if (by === undefined) return { inService: true };
  return { inService: false, by, ...(moved?.way === 'out' ? { since: iso(moved.at) } : {}) };
}

function conditionView(condition: CenterCondition, now: Instant) {
  const { health, load, at } = condition;
  return {
    ...(health === undefined ? {} : { health }),
    ...(load === undefined ? {} : { load }),
    at: iso(at),
    ageSeconds: Math.max(0, now - at) / 1000,
    fresh: isFresh(condition, now),
  };
}

function assertionView(
  rule: ServingRule,
  { outOfService }: CentersNow,
  records: ReadonlyMap<string, CenterRecord>,
  now: Instant,
) {
  const { name, minServing, minCapacity, antiFlapMs } = rule;
  const among = Object.keys(rule.among);
  if (antiFlapMs !== undefined) {
    const resting = among.flatMap((id) => restingView(rule, id, records.get(id)?.moved, now));
    return { name, antiFlapSeconds: antiFlapMs / 1000, among, holds: true, resting };
  }
  const { left, needed } = leftOf(rule, new Set(Object.keys(outOfService)));
  const says = minServing === undefined ? { minCapacity } : { minServing };
  return { name, ...says, among, holds: left >= needed, left };
}

/** A centre that was just moved, and when it may be moved back. */
function restingView(rule: ServingRule, center: string, moved: CenterMove | undefined, now: Instant) {
  if (moved === undefined) return [];
  const leftMs = restOf(rule, center, moved.way === 'out' ? 'in' : 'out', moved, now);
  return leftMs === 0 ? [] : [{ center, moved: moved.way, by: moved.by, until: iso(now + leftMs) }];
}
