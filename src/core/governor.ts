/** Limits that hold across all runbooks; a runbook can only add to them. */
export interface Governor {
  /** So many changes for each value of a label within a time, whichever runbooks make them. */
  readonly changeBudget?: { readonly by: string; readonly limit: number; readonly perMs: number };
  /** Plugins that never work at the same time; a plugin beside itself means one execution of it at a time. */
  readonly conflicts: readonly (readonly [string, string])[];
  /** An alert that comes back so often within this time after it was answered is a loop. */
  readonly loop: { readonly limit: number; readonly perMs: number };
  /** How many targets the topology knows in a group: by label, then by its value. */
  readonly groups: { readonly [label: string]: { readonly [value: string]: number } };
  /** The centres that the topology knows. */
  readonly centers: readonly string[];
  /** What must hold of the centres in every state. */
  readonly assertions: readonly ServingRule[];
}

/** One assertion of the topology: so many centres in service, so much capacity, or rest after a move, among these. */
export interface ServingRule {
  readonly name: string;
  readonly minServing?: number;
  readonly minCapacity?: number;
  /** A centre that was taken out or brought in is not moved the other way for so long. */
  readonly antiFlapMs?: number;
  /** Capacity of each centre that counts. */
  readonly among: { readonly [center: string]: number };
}

const HOUR_MS = 3_600_000;

/** The brakes that are on unless somebody takes them off by name. */
export const DEFAULT_GOVERNOR: Governor = {
  changeBudget: { by: 'service', limit: 10, perMs: HOUR_MS },
  conflicts: [
    ['cut-over-center', 'cut-over-center'],
    ['cut-over-center', 'evict-stale-cache'],
  ],
  loop: { limit: 3, perMs: HOUR_MS },
  groups: {},
  centers: [],
  assertions: [],
};

/** How many targets a group has, or undefined when the topology does not know it. */
export function groupSize({ groups }: Governor, label: string, value: string): number | undefined {
  const group = Object.hasOwn(groups, label) ? groups[label] : undefined;
  return group !== undefined && Object.hasOwn(group, value) ? group[value] : undefined;
}

/** Names the plugins that must be at rest while these work. */
export function opponentsOf({ conflicts }: Governor, plugins: readonly string[]): string[] {
  const opponents = conflicts.flatMap(([one, other]) => [
    ...(plugins.includes(one) ? [other] : []),
    ...(plugins.includes(other) ? [one] : []),
  ]);
  return [...new Set(opponents)];
}
