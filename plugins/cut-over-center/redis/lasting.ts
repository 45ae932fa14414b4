import type { Change } from '../../../src/plugin-sdk/index.js';
import type { Seen } from './following.js';

/**
 * What an approver must know of servers that have no file to keep their configuration in: one that was closed, or made
 * a replica, is an open primary again as soon as it is started anew.
 */
export function forgets(nodes: readonly Seen[]): { readonly changes: Change[]; readonly asks?: string } {
  const forgetful = nodes.filter(({ state }) => !state.keepsConfig).map(({ node }) => node.name);
  if (forgetful.length === 0) return { changes: [] };
  const changes = forgetful.map((resource) => ({
    resource,
    attribute: 'after a restart',
    from: 'as it was started',
    to: 'as it was started, not as it is told here',
  }));
  const asks = `${forgetful.join(' and ')} runs without a configuration file: started again, it would be a second primary`;
  return { changes, asks };
}
