import { asPlanned, PluginError, type Change, type Plan } from '../../../src/plugin-sdk/index.js';
import { isClosed, writesOf } from './closing.js';
import type { RedisCluster } from './clusters.js';
import { assertReplicaAsPlanned, plannedRole, ROLE, type Seen } from './following.js';
import { assertSuccessor, twoPrimaries } from './hand-over.js';
import { forgets } from './lasting.js';
import type { NodeState } from './node-state.js';
import type { Promotion } from './promotion.js';

/**
 * Plans a change of roles between two nodes that both answer.
 *
 * @throws PluginError `not-closed`, `not-a-replica`, `not-a-primary`, `no-credentials`, `second-primary`
 */
export function planPlanned(earlier: readonly Change[], cluster: RedisCluster, from: Seen, to: Seen): Plan<Promotion> {
  assertPlannedState(earlier, from, to);
  if (to.node.wantsPassword && !from.state.canLogIn) {
    const detail = `${from.node.name} has no masterauth, so it could never follow ${to.node.name}: set it first`;
    throw new PluginError('no-credentials', detail, false);
  }
  const [role, becomes] = [plannedRole(earlier, to, [from.node]), `replica of ${to.node.name}`];
  const changes: Change[] = [];
  if (role !== 'primary') changes.push({ resource: to.node.name, attribute: ROLE, from: role, to: 'primary' });
  changes.push({ resource: from.node.name, attribute: ROLE, from: 'primary', to: becomes });
  const lasting = forgets([from, to]);
  return {
    ...lasting,
    summary: `${to.node.name} becomes the primary, ${from.node.name} its replica`,
    changes: [...changes, ...lasting.changes],
    before: {
      kind: 'planned',
      history: from.state.history,
      toHad: to.state.minReplicas,
      toGets: usual(cluster, to.state),
      fromGets: usual(cluster, from.state),
    },
    facts: { estimatedDataLoss: '0 B' },
    dataLossMs: 0,
  };
}

/** What a node's `min-replicas-to-write` is when it is not closed. */
export function usual(cluster: RedisCluster, state: NodeState): number {
  return isClosed(state) ? cluster.config.minReplicasToWrite : state.minReplicas;
}

function assertPlannedState(earlier: readonly Change[], from: Seen, to: Seen): void {
  if (plannedRole(earlier, from, [to.node]) !== 'primary') {
    throw new PluginError('not-a-primary', `${from.node.name} is no primary, so it has nothing to hand over`, false);
  }
  if (asPlanned(earlier, from.node.name, 'writes', writesOf(from.state)) !== 'closed') {
    if (to.state.role === 'primary' && to.state.earlierHistory === from.state.history)
      throw twoPrimaries(from.node, to.node);
    const detail = `${from.node.name} takes writes, which would be lost: put redis-fence before`;
    throw new PluginError('not-closed', detail, false);
  }
  // A promotion that broke off half-way: the new primary is one already, the old one only has to follow.
  if (to.state.role === 'primary' && from.state.role === 'primary' && plannedRole(earlier, to, []) === 'primary') {
    assertSuccessor(to, from.state.history);
    return;
  }
  assertReplicaAsPlanned(earlier, to, from.node, from.state);
}
