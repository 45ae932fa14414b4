import dgram from 'node:dgram';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import os from 'node:os';

/** A network address as `permissions.<plugin>.hosts` names it: `host`, `host:port`, `*.domain` or `unix:<path>`. */
export type Host = string;

/**
 * Refuses what the plugin is not permitted, from inside its own process. A plugin that means harm can get around it: it
 * finds mistakes and strays, and holds where Node's permission model has no finer word than "network".
 *
 * @param hosts the only ones that may be connected to; `any` for all
 */
export function fastenSeatBelts(hosts: readonly Host[] | 'any'): void {
  keepSignalsIn();
  keepPriority();
  if (hosts !== 'any') keepConnectionsIn(hosts);
  syncBuiltinESMExports();
}

/**
 * Tells whether an address is among those that are permitted.
 *
 * @param hosts as the operator wrote them
 * @param to where something is about to connect to
 */
export function isPermitted(hosts: readonly Host[], to: { readonly host: string; readonly port: string }): boolean {
  const host = to.host.toLowerCase();
  return hosts.some((one) => {
    const [, name = '', port] = /^(.*?)(?::(\d{1,5}))?$/s.exec(one.toLowerCase()) ?? [];
    if (port !== undefined && port !== to.port) return false;
    return name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name.replace(/^\[|\]$/g, '');
  });
}

function keepConnectionsIn(hosts: readonly Host[]): void {
  const connect = Reflect.get(net.Socket.prototype, 'connect');
  const guarded = function (this: net.Socket, ...args: unknown[]): unknown {
    const { path, host, port } = targetOf(args);
    const permitted = path === undefined ? isPermitted(hosts, { host, port }) : hosts.includes(`unix:${path}`);
    if (permitted) return Reflect.apply(connect, this, args);
    const where = path ?? `${host}:${port}`;
    process.nextTick(() => this.destroy(refusal(where)));
    return this;
  };
  Reflect.set(net.Socket.prototype, 'connect', guarded);
  Reflect.set(net.Server.prototype, 'listen', () => {
    throw denied('a plugin may listen nowhere');
  });
  for (const verb of ['send', 'connect', 'bind'] as const) {
    Reflect.set(dgram.Socket.prototype, verb, () => {
      throw refusal('any UDP address');
    });
  }
}

function keepPriority(): void {
  Reflect.set(os, 'setPriority', () => {
    throw denied('a plugin may change no priorities, not even its own');
  });
}

function refusal(where: string): Error {
  return denied(`${where} is not among the hosts that this plugin is permitted (permissions.hosts)`);
}

function denied(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_ACCESS_DENIED' });
}

/** As `net` itself reads its arguments: a path, a port with or without a host, options, or all of that in a list. */
function targetOf(args: readonly unknown[]): { path?: string; host: string; port: string } {
  const [first, second] = args;
  if (Array.isArray(first)) return targetOf(first);
  if (typeof first === 'object' && first !== null) {
    if ('path' in first && typeof first.path === 'string') return { path: first.path, host: '', port: '' };
    const host = 'host' in first && typeof first.host === 'string' ? first.host : 'localhost';
    return { host, port: 'port' in first ? String(first.port) : '' };
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return { path: first, host: '', port: '' };
  return { host: typeof second === 'string' ? second : 'localhost', port: String(first) };
}

/** Node's permission model lets a process signal any other of the same user, the service among them. */
function keepSignalsIn(): void {
  const kill = process.kill.bind(process);
  const guarded = (pid: number, signal?: string | number): true => {
    if (pid !== process.pid) throw denied(`a plugin may signal no other process than its own, not ${pid}`);
    return kill(pid, signal);
  };
  Reflect.set(process, 'kill', guarded);
  Reflect.deleteProperty(process, '_kill');
  Reflect.deleteProperty(process, '_debugProcess');
}
