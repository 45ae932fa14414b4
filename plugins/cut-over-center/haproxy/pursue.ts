import type { HaproxyRuntime } from '../../clients/haproxy-runtime.js';
import type { HaproxyServer } from '../../clients/haproxy-server.js';
import { PluginError, type EffectCall } from '../../../src/plugin-sdk/index.js';
import { serverNamed, standingOf, withGoal, type Goal } from './goal.js';
import { refuseForeign, refuseLast } from './refusals.js';

/**
 * Reaches the goals one write after the other: first what brings capacity in, then what takes it away. Repeatable: what
 * is reached already is left alone.
 *
 * @param call its fence is awaited before each write
 * @throws PluginError `changed-meanwhile` when somebody else changed a server (before the first write, if it was so then),
 *   `no-server-left` when the next write would take the last server that serves
 */
export async function pursue(
  call: Pick<EffectCall<unknown, unknown>, 'fence' | 'signal' | 'log'>,
  runtime: HaproxyRuntime,
  backend: string,
  goals: readonly Goal[],
): Promise<void> {
  const servers = await runtime.servers(backend, call.signal);
  for (const goal of goals) refuseForeign(goal, servers, backend);
  for (const goal of inOrder(goals, servers)) {
    // Read again each time: a server that was just brought in may not have come up, and people act too.
    const now = await runtime.servers(backend, call.signal);
    refuseForeign(goal, now, backend);
    if (standingOf(goal, serverNamed(now, goal.server)) === 'reached') continue;
    refuseLast(goal, now, backend);
    await call.fence();
    await write(runtime, backend, goal, call.signal);
    call.log.info('server changed', {
      backend,
      server: goal.server,
      attribute: goal.attribute,
      from: goal.from,
      to: goal.to,
    });
  }
  await readBack(runtime, backend, goals, call.signal);
}

/** Gives the goals that are not reached, each with what is there now, as one line; undefined when all are. */
export function missing(goals: readonly Goal[], servers: readonly HaproxyServer[]): string | undefined {
  const open = goals.filter((goal) => standingOf(goal, serverNamed(servers, goal.server)) !== 'reached');
  const say = (goal: Goal) =>
    `${goal.attribute} of ${goal.server} is ${serverNamed(servers, goal.server)[goal.attribute]}, not ${goal.to}`;
  return open.length === 0 ? undefined : open.map(say).join('; ');
}

/** Puts first what is harmless, then what brings in, then what takes out. */
function inOrder(goals: readonly Goal[], servers: readonly HaproxyServer[]): Goal[] {
  const rank = (goal: Goal): number => {
    const now = serverNamed(servers, goal.server);
    const next = withGoal(now, goal);
    // The weight of a server that is not ready counts for nothing yet: it is set before requests come.
    if (now.state !== 'ready' && next.state !== 'ready') return 0;
    if (next.state === 'ready' && now.state !== 'ready') return 1;
    return next.state === 'ready' && next.weight > now.weight ? 2 : 3;
  };
  return goals.toSorted((a, b) => rank(a) - rank(b));
}

async function write(runtime: HaproxyRuntime, backend: string, goal: Goal, signal: AbortSignal): Promise<void> {
  if (goal.attribute === 'state') await runtime.setState(backend, goal.server, goal.to, signal);
  else await runtime.setWeight(backend, goal.server, goal.to, signal);
}

async function readBack(
  runtime: HaproxyRuntime,
  backend: string,
  goals: readonly Goal[],
  signal: AbortSignal,
): Promise<void> {
  const detail = missing(goals, await runtime.servers(backend, signal));
  if (detail !== undefined) throw new PluginError('did-not-take', `HAProxy took the change, but ${detail}`);
}
