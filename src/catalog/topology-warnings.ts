import type { Pair, TopologyFile } from './topology-schema.js';

const MAY_LOSE: readonly Pair['policy'][] = ['asynchronous', 'batch'];

/** Says what somebody should hear of a topology although nothing is wrong with it. */
export function warningsOf({ services, pairs }: TopologyFile): string[] {
  return Object.entries(services).flatMap(([name, { centers, data }]) => {
    if (Object.keys(data).length === 0) return [];
    const kinds = Object.keys(data).join(', ');
    return pairs
      .filter(({ between, policy }) => MAY_LOSE.includes(policy) && between.every((id) => centers.includes(id)))
      .map(
        ({ between: [one, other], policy }) =>
          `service ${name} keeps data (${kinds}) in ${one} and ${other}, whose pair is ${policy}: an unplanned cut-over between them may lose writes`,
      );
  });
}
