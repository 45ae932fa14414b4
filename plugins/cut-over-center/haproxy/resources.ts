import { z } from 'zod';
import { ADMIN_STATES, type HaproxyServer } from '../../clients/haproxy-server.js';
import { asPlanned, PluginError, type Change } from '../../../src/plugin-sdk/index.js';
import { withGoal } from './goal.js';

/** A backend, and at which HAProxy: no `endpoint` means the default one. */
export interface Place {
  readonly endpoint?: string | undefined;
  readonly backend: string;
}

const states = z.enum(ADMIN_STATES);
const weights = z.int().min(0).max(256);

/** Names a server as plans do: the same backend at two HAProxies is two resources. */
export function resourceOf({ endpoint, backend }: Place, server: string): string {
  // Neither names of endpoints nor of backends and servers have a slash.
  return ['haproxy', ...(endpoint === undefined ? [] : [endpoint]), backend, server].join('/');
}

/**
 * Gives the servers of a backend as they will be when the earlier steps of the execution are done.
 *
 * @param servers as they are now
 * @param earlier from the call of `check` or `plan`
 * @throws PluginError `not-understood` when an earlier change of such a server has no state or weight in it
 */
export function asEarlierLeave(
  servers: readonly HaproxyServer[],
  earlier: readonly Change[],
  place: Place,
): HaproxyServer[] {
  return servers.map((server) => {
    const resource = resourceOf(place, server.name);
    const state = states.safeParse(asPlanned(earlier, resource, 'state', server.state));
    const weight = weights.safeParse(asPlanned(earlier, resource, 'weight', server.weight));
    if (!state.success || !weight.success)
      throw new PluginError('not-understood', `an earlier step plans no known state or weight of ${resource}`, false);
    const later = withGoal(server, { server: server.name, attribute: 'state', from: server.state, to: state.data });
    return withGoal(later, { server: server.name, attribute: 'weight', from: server.weight, to: weight.data });
  });
}
