import { z } from 'zod';
import { PluginError, type Call, type EffectCall, type Progress } from '../../../src/plugin-sdk/index.js';
import { NAMES, resourceOf } from './changes.js';
import type { Cluster } from './clusters.js';
import { close } from './gate.js';
import type { PostgresKit, PostgresSystem } from './kit.js';
import { isFollowedBy, isOpen } from './pair.js';
import { rejoinSchema, type Rejoin } from './params.js';
import { makeReplica } from './replica.js';
import type { ServerState } from './state.js';
import { namesFor, waitsFor } from './sync-names.js';
import { setNames } from './sync-setting.js';

/** Nothing can be restored: what the former primary alone had is gone. */
const beforeSchema = z.strictObject({});

/** Makes the action that makes a replica of a former primary. */
export function rejoinAction({ action, config }: PostgresKit) {
  return action({
    summary: 'Bring a former PostgreSQL primary back as a replica',
    params: rejoinSchema(config.postgres),
    before: beforeSchema,
    risk: 'high',
    idempotency: 'conditional',
    reversible: false,

    async check(call) {
      const both = await lookAtBoth(call);
      const needed = !isReplicaOf(both) || (call.params.synchronous && !isInsistedOn(both));
      return needed ? { needed } : { needed, because: `${call.params.node} follows ${call.params.follow}` };
    },

    async plan(call) {
      const { cluster, node, follow, synchronous } = call.params;
      const both = await lookAtBoth(call);
      const role = resourceOf(cluster, node);
      const asks = isReplicaOf(both) ? undefined : refuseOrAsk(both, follow);
      return {
        summary: `make ${node} a replica of ${follow}`,
        changes: [
          ...(isReplicaOf(both)
            ? []
            : [{ resource: role, attribute: 'role', from: roleOf(both.node), to: `replica of ${follow}` }]),
          ...(synchronous && !isInsistedOn(both)
            ? [{ resource: resourceOf(cluster, follow), attribute: NAMES, from: both.follow.names, to: namesFor(node) }]
            : []),
        ],
        before: {},
        facts: { thrownAway: `whatever only ${node} has: nothing that was acknowledged, unless the plan asks` },
        ...(asks === undefined ? {} : { asks }),
      };
    },

    apply: rejoin,

    async verify(call) {
      const both = await lookAtBoth(call);
      if (!isReplicaOf(both))
        return { took: false, detail: `${call.params.node} does not stream from ${call.params.follow}` };
      if (!call.params.synchronous || isInsistedOn(both)) return { took: true };
      return { took: false, detail: `${call.params.follow} acknowledges commits without ${call.params.node}` };
    },

    /** What is a replica stays one: that harms nobody, and there is nothing to go back to. */
    async revert() {
      return { done: true };
    },
  });
}

/** Both servers now; the one that comes back may be down. */
interface Both {
  readonly cluster: Cluster;
  readonly node?: ServerState;
  readonly follow: ServerState;
}

async function lookAtBoth(call: Call<PostgresSystem, Rejoin>): Promise<Both> {
  const cluster = call.client.postgres.get(call.params.cluster);
  const [node, follow] = await Promise.all([
    cluster.stateIfThere(call.params.node, call.signal),
    cluster.state(call.params.follow, call.signal),
  ]);
  if (node !== undefined && node.system !== follow.system)
    throw new PluginError('not-the-same-cluster', `${node.name} and ${follow.name} are of different clusters`, false);
  return { cluster, follow, ...(node === undefined ? {} : { node }) };
}

async function rejoin(call: EffectCall<PostgresSystem, Rejoin>): Promise<Progress> {
  const { node: name, follow, synchronous } = call.params;
  const both = await lookAtBoth(call);
  const { cluster, node } = both;
  if (!isReplicaOf(both)) {
    refuseOrAsk(both, follow);
    if (node !== undefined && isOpen(node)) {
      const closed = await cluster
        .server(name)
        .visit(call.signal, (session) => close(call, session, cluster.databases));
      if (!closed) return { done: false, againInMs: 50 };
    }
    await makeReplica(call, cluster, name, follow, call.client.postgres.rejoinTimeoutMs);
  }
  const now = await cluster.state(follow, call.signal);
  // Only now: a standby that is not there would make every commit wait.
  if (synchronous && !waitsFor(now.names, name))
    await cluster.server(follow).visit(call.signal, (session) => setNames(call, session, now, namesFor(name)));
  return { done: true };
}

/** Refuses to take data from the wrong side, and says why a person must agree, if one must. */
function refuseOrAsk({ node, follow }: Both, name: string): string | undefined {
  if (!isOpen(follow))
    throw new PluginError(
      'not-the-primary',
      `${name} is ${follow.standby ? 'a standby' : 'closed'}: nobody can follow it`,
      false,
    );
  if (node === undefined || node.standby) return undefined;
  if (node.timeline >= follow.timeline)
    throw new PluginError(
      'second-primary',
      `${node.name} is a primary on timeline ${node.timeline}, and ${name} one on timeline ${follow.timeline}: ${name} did not take over from it, so what ${node.name} has must not be thrown away`,
      false,
    );
  if (!isOpen(node) || waitsFor(node.names, name)) return undefined;
  return `${node.name} is open although ${name} has taken over: writes that it has acknowledged since are thrown away`;
}

function isReplicaOf({ node, follow }: Both): boolean {
  return node?.standby === true && !follow.standby && isFollowedBy(follow, node.name);
}

function isInsistedOn({ node, follow }: Both): boolean {
  return node !== undefined && waitsFor(follow.names, node.name);
}

function roleOf(node: ServerState | undefined): string {
  if (node === undefined) return 'down';
  return node.standby ? 'standby that follows nobody' : 'former primary';
}
