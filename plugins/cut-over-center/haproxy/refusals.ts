import type { HaproxyServer } from '../../clients/haproxy-server.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import { serverNamed, standingOf, withGoal, type Goal } from './goal.js';

/**
 * The assertion "at least one centre serving" (I9), for the state after the change.
 *
 * @param servers all of the backend, before the change
 * @throws PluginError `no-server-left`, with what each server would be
 */
export function refuseOutage(backend: string, servers: readonly HaproxyServer[], goals: readonly Goal[]): void {
  const after = servers.map((server) => goals.reduce(withGoal, server));
  if (goals.length === 0 || after.some((server) => server.serving)) return;
  const say = (one: HaproxyServer) => `${one.name} (${one.state}, weight ${one.weight}${one.able ? '' : ', down'})`;
  const detail = `after the change no server of ${backend} could serve: ${after.map(say).join(', ')}`;
  throw new PluginError('no-server-left', detail, false);
}

/**
 * The same right before a write: what takes the last server that serves is not done.
 *
 * @param servers all of the backend, as they are now
 * @throws PluginError `no-server-left`; another may come up, so it can be tried again
 */
export function refuseLast(goal: Goal, servers: readonly HaproxyServer[], backend: string): void {
  const server = serverNamed(servers, goal.server);
  const takesOut = server.state === 'ready' && server.weight > 0 && !withGoal(server, goal).serving;
  if (!takesOut || servers.some((one) => withGoal(one, goal).serving)) return;
  const detail = `setting ${goal.attribute} of ${backend}/${goal.server} to ${goal.to} would leave no server that serves`;
  throw new PluginError('no-server-left', detail);
}

/**
 * Nobody is overruled: what is neither as planned nor as wanted was changed by somebody else.
 *
 * @throws PluginError `changed-meanwhile`
 */
export function refuseForeign(goal: Goal, servers: readonly HaproxyServer[], backend: string): void {
  const server = serverNamed(servers, goal.server);
  if (standingOf(goal, server) !== 'foreign') return;
  const what = `${goal.attribute} of ${backend}/${goal.server}`;
  const detail = `${what} is ${server[goal.attribute]}, neither ${goal.from} nor ${goal.to}: somebody changed it meanwhile`;
  throw new PluginError('changed-meanwhile', detail, false);
}
