import type { AdminState, HaproxyServer } from '../../clients/haproxy-server.js';
import { PluginError, type Change } from '../../../src/plugin-sdk/index.js';
import type { Before, Wish } from './params.js';

/** One attribute of one server: what it was, and what it is to be. Taking back is the same thing turned round. */
export type Goal =
  | { readonly server: string; readonly attribute: 'state'; readonly from: AdminState; readonly to: AdminState }
  | { readonly server: string; readonly attribute: 'weight'; readonly from: number; readonly to: number };

/** Where a goal stands: reached, still to be done, or neither, because somebody else changed it. */
export type Standing = 'reached' | 'open' | 'foreign';

/**
 * Gives what a step changes: the attributes that were not yet as wanted.
 *
 * @throws PluginError `unknown-name` when `before` lacks a server that the parameters name
 */
export function goalsOf(wishes: readonly Wish[], before: Before): Goal[] {
  return wishes.flatMap(({ server, state, weight }) => {
    const was = before.servers.find((one) => one.server === server);
    if (was === undefined) throw new PluginError('unknown-name', `nothing was kept about server ${server}`, false);
    const goals: Goal[] = [];
    if (state !== undefined && state !== was.state)
      goals.push({ server, attribute: 'state', from: was.state, to: state });
    if (weight !== undefined && weight !== was.weight)
      goals.push({ server, attribute: 'weight', from: was.weight, to: weight });
    return goals;
  });
}

/** Turns a goal round. */
export function reversed(goal: Goal): Goal {
  return goal.attribute === 'state'
    ? { ...goal, from: goal.to, to: goal.from }
    : { ...goal, from: goal.to, to: goal.from };
}

/** Tells where a goal stands. */
export function standingOf(goal: Goal, server: HaproxyServer): Standing {
  const now = server[goal.attribute];
  return now === goal.to ? 'reached' : now === goal.from ? 'open' : 'foreign';
}

/** A server as it would be once the goal is reached. */
export function withGoal(server: HaproxyServer, goal: Goal): HaproxyServer {
  if (server.name !== goal.server) return server;
  const next = goal.attribute === 'state' ? { ...server, state: goal.to } : { ...server, weight: goal.to };
  return { ...next, serving: next.able && next.state === 'ready' && next.weight > 0 };
}

/**
 * Says a goal as approvers read it.
 *
 * @param resource what plans call the server
 */
export function changeOf(resource: string, { attribute, from, to }: Goal): Change {
  return { resource, attribute, from, to };
}

/**
 * Finds a server by its name.
 *
 * @throws PluginError `unknown-name`, with the names there are
 */
export function serverNamed(servers: readonly HaproxyServer[], name: string): HaproxyServer {
  const found = servers.find((server) => server.name === name);
  if (found !== undefined) return found;
  throw new PluginError(
    'unknown-name',
    `no server ${name}; there are ${servers.map((one) => one.name).join(', ')}`,
    false,
  );
}
