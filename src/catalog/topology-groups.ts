import type { Governor, ServingRule } from '../core/governor.js';
import type { TopologyFile } from './topology-schema.js';

/** What centres are counted by, besides the groups that the file names. */
export const CENTER_GROUPS = ['region', 'vendor', 'role'] as const;

/** Says how many targets each group has: by label, then by its value. */
export function groupsOf({ centers, groups }: TopologyFile): Governor['groups'] {
  const named = Object.entries(groups).map(([label, values]) => {
    const sizes = Object.entries(values).map(
      ([value, targets]) => [value, typeof targets === 'number' ? targets : targets.length] as const,
    );
    return [label, Object.freeze(Object.fromEntries(sizes))] as const;
  });
  const counted = CENTER_GROUPS.map((label) => {
    const sizes = new Map<string, number>();
    for (const center of Object.values(centers)) sizes.set(center[label], (sizes.get(center[label]) ?? 0) + 1);
    return [label, Object.freeze(Object.fromEntries(sizes))] as const;
  });
  return Object.freeze(Object.fromEntries([...counted, ...named]));
}

/** Gives the assertions with the capacity of each centre that they count; of all centres when they name none. */
export function servingRulesOf({ centers, assertions }: TopologyFile): readonly ServingRule[] {
  return assertions.map(({ name, minServing, minCapacity, antiFlap, among = Object.keys(centers) }) => ({
    name,
    ...(minServing === undefined ? {} : { minServing }),
    ...(minCapacity === undefined ? {} : { minCapacity }),
    ...(antiFlap === undefined ? {} : { antiFlapMs: antiFlap }),
    among: Object.fromEntries(among.map((id) => [id, centers[id]?.capacity ?? 0])),
  }));
}
