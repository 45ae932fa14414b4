import type { HaproxyRuntime } from '../../clients/haproxy-runtime.js';
import type { HaproxyServer } from '../../clients/haproxy-server.js';
import { PluginError, type EffectCall, type Progress } from '../../../src/plugin-sdk/index.js';
import { serverNamed, type Goal } from '../haproxy/goal.js';
import { refuseLast } from '../haproxy/refusals.js';
import type { Before, Params } from './params.js';

const ASK_AGAIN_MS = 200;

/** What a removal needs of the call. */
export type RemovalCall = Pick<EffectCall<unknown, Params>, 'fence' | 'signal' | 'log' | 'params'>;

/**
 * Goes one step further in taking a server out without losing a request: drain, wait until it has no sessions, maint,
 * wait for what slipped in between. Since when it waits is read from HAProxy, so it goes on after a crash.
 *
 * @param call its fence is awaited before each write
 * @throws PluginError `changed-meanwhile`, `no-server-left`, `still-busy`, `did-not-take`
 */
export async function remove(call: RemovalCall, runtime: HaproxyRuntime, before: Before): Promise<Progress> {
  const { backend, server: name } = call.params;
  const first = await look(call, runtime);
  if (first.server.state === 'ready') {
    if (before.state !== 'ready') throw foreign(call.params, before, first.server);
    const goal: Goal = { server: name, attribute: 'state', from: 'ready', to: 'drain' };
    refuseLast(goal, first.servers, backend);
    await write(call, runtime, 'drain');
  }
  const { server, servers } = await look(call, runtime);
  if (server.state === 'ready') throw notTaken(server, 'drain');
  const left = await runtime.sessions(backend, name, call.signal);
  // HAProxy counts whole seconds: one more, so that nobody gets less time than was promised.
  const late = server.changedSecondsAgo * 1000 >= call.params.within + 1000;
  if (left > 0 && !late) return { done: false, againInMs: ASK_AGAIN_MS };
  if (left > 0 && call.params.atLimit === 'refuse') throw stillBusy(call.params, left);
  if (server.state === 'drain') {
    refuseUnserved(servers, call.params);
    await write(call, runtime, 'maint');
    await readBack(call, runtime, 'maint');
  }
  return finish(call, runtime, late);
}

/** Gives the server back its state, from wherever its removal has got to. */
export async function putBack(call: RemovalCall, runtime: HaproxyRuntime, before: Before): Promise<void> {
  const { server } = await look(call, runtime);
  if (server.state === before.state) return;
  if (server.state === 'ready') throw foreign(call.params, before, server);
  await write(call, runtime, before.state);
  await readBack(call, runtime, before.state);
}

/** Says what is missing for the server to be out; undefined when nothing is. */
export async function missing(
  call: Pick<RemovalCall, 'params' | 'signal'>,
  runtime: HaproxyRuntime,
): Promise<string | undefined> {
  const { backend, server: name } = call.params;
  const { server } = await look(call, runtime);
  if (server.state !== 'maint') return `state of ${name} is ${server.state}, not maint`;
  const left = await runtime.sessions(backend, name, call.signal);
  return left === 0 ? undefined : `${name} is in maint, but still has ${sessions(left)}`;
}

/** What came in between the last look and the write goes on in maint, and is waited for too, unless it is too late. */
async function finish(call: RemovalCall, runtime: HaproxyRuntime, late: boolean): Promise<Progress> {
  const { backend, server } = call.params;
  const left = await runtime.sessions(backend, server, call.signal);
  if (left === 0) return { done: true };
  if (late && call.params.atLimit === 'cut') {
    await call.fence();
    await runtime.closeSessions(backend, server, call.signal);
    call.log.warn('sessions closed', { backend, server, sessions: left });
  }
  return { done: false, againInMs: ASK_AGAIN_MS };
}

async function look({ params, signal }: Pick<RemovalCall, 'params' | 'signal'>, runtime: HaproxyRuntime) {
  const servers = await runtime.servers(params.backend, signal);
  return { servers, server: serverNamed(servers, params.server) };
}

async function write(call: RemovalCall, runtime: HaproxyRuntime, state: HaproxyServer['state']): Promise<void> {
  const { backend, server } = call.params;
  await call.fence();
  await runtime.setState(backend, server, state, call.signal);
  call.log.info('server changed', { backend, server, attribute: 'state', to: state });
}

async function readBack(call: RemovalCall, runtime: HaproxyRuntime, state: HaproxyServer['state']): Promise<void> {
  const { server } = await look(call, runtime);
  if (server.state !== state) throw notTaken(server, state);
}

function notTaken({ name, state }: HaproxyServer, wanted: HaproxyServer['state']): PluginError {
  return new PluginError('did-not-take', `HAProxy took the change, but ${name} is ${state}, not ${wanted}`);
}

/** While it drained the others may have gone: then it is needed, and goes back. */
function refuseUnserved(servers: readonly HaproxyServer[], { backend, server }: Params): void {
  if (servers.some((one) => one.serving)) return;
  throw new PluginError('no-server-left', `no server of ${backend} serves any more: ${server} is not taken out`);
}

function stillBusy({ backend, server, within }: Params, left: number): PluginError {
  const detail = `${backend}/${server} still has ${sessions(left)} after ${within / 1000} s of draining; give it more time (within), or let them be closed (atLimit: cut)`;
  return new PluginError('still-busy', detail, false);
}

function foreign({ backend, server }: Params, before: Before, now: HaproxyServer): PluginError {
  const detail = `state of ${backend}/${server} is ${now.state}, and was ${before.state}: somebody changed it meanwhile`;
  return new PluginError('changed-meanwhile', detail, false);
}

const sessions = (count: number) => (count === 1 ? '1 session' : `${count} sessions`);
