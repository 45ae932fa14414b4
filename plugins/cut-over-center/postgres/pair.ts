import { PluginError, type Call } from '../../../src/plugin-sdk/index.js';
import type { Cluster } from './clusters.js';
import type { PostgresSystem } from './kit.js';
import type { Move } from './params.js';
import type { ServerState } from './state.js';

/** The two servers of a step, as they are now; `from` is absent when it can't be reached. */
export interface Pair {
  readonly cluster: Cluster;
  readonly from?: ServerState;
  readonly to: ServerState;
}

type Looking = Pick<Call<PostgresSystem, Move>, 'client' | 'params' | 'signal'>;

/**
 * Looks at both servers of a step.
 *
 * @throws PluginError `target-unreachable` when the new side can't be reached, `not-the-same-cluster`
 */
export function lookAt(call: Looking): Promise<Pair> {
  const cluster = call.client.postgres.get(call.params.cluster);
  return together(call, cluster, cluster.stateIfThere(call.params.from, call.signal));
}

/** The same for checking and planning, which change nothing: what was seen of a server that is away a moment ago will do. */
export function glanceAt(call: Looking): Promise<Pair> {
  const cluster = call.client.postgres.get(call.params.cluster);
  return together(call, cluster, cluster.glanceAt(call.params.from, call.signal));
}

async function together(call: Looking, cluster: Cluster, old: Promise<ServerState | undefined>): Promise<Pair> {
  const [from, then] = await Promise.all([old, cluster.state(call.params.to, call.signal)]);
  // What the standby has heard counts from when the primary was found to be away, not from before.
  const to = from === undefined ? await cluster.state(call.params.to, call.signal) : then;
  const pair = { cluster, to, ...(from === undefined ? {} : { from }) };
  refuseStrangers(pair);
  return pair;
}

/** Tells whether applications can write to one of the cluster's databases there. */
export function isOpen(state: ServerState): boolean {
  return !state.standby && state.open.length > 0;
}

/** Tells whether the primary sees that standby following. */
export function isFollowedBy(primary: ServerState, standby: string): boolean {
  return primary.followers.some((one) => one.name === standby && one.streaming);
}

/**
 * Refuses to begin unless `from` is the primary, or away, and `to` its standby.
 *
 * @throws PluginError `not-the-primary`, `not-a-standby` or `not-following`
 */
export function refuseWrongRoles(pair: Pair, fromName: string): void {
  const { from, to } = pair;
  if (!to.standby)
    throw new PluginError('not-a-standby', `${to.name} is a primary itself: nothing can be handed over to it`, false);
  if (from === undefined) return refuseOthers(pair);
  if (from.standby)
    throw new PluginError('not-the-primary', `${fromName} is a standby: it has nothing to hand over`, false);
  if (isFollowedBy(from, to.name)) return refuseOthers(pair);
  const who = from.followers.map((one) => one.name).join(', ') || 'nobody';
  throw new PluginError(
    'not-following',
    `${to.name} does not stream from ${fromName} (${who} does): its application_name must be ${to.name}, and it must be connected`,
  );
}

/**
 * Refuses to begin while there is something that would not move along.
 *
 * @throws PluginError `unknown-name` or `other-databases`
 */
export function refuseOthers({ cluster, from, to }: Pair): void {
  const primary = from ?? to;
  if (primary.missing.length > 0)
    throw new PluginError('unknown-name', `${primary.name} has no database ${primary.missing.join(', ')}`, false);
  if (primary.others.length > 0)
    throw new PluginError(
      'other-databases',
      `${primary.name} has other databases too (${primary.others.join(', ')}), which would stay open behind the fence: list them under database of the cluster ${cluster.name}`,
      false,
    );
}

function refuseStrangers({ from, to }: Pair): void {
  if (from === undefined || from.system === to.system) return;
  throw new PluginError(
    'not-the-same-cluster',
    `${from.name} and ${to.name} are copies of different clusters (system identifiers ${from.system} and ${to.system})`,
    false,
  );
}
