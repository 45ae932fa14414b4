import { registerHooks } from 'node:module';
import { Socket } from 'node:net';
import { Channel } from './channel.js';
import { readJson } from './frames.js';
import { orderSchema } from './messages.js';
import { useOneSdk } from './one-sdk.js';
import { Runner } from './runner.js';
import { fastenSeatBelts } from './seat-belts.js';

/** The pipe to the service, beside the three that every process has. */
const PIPE = 3;

/**
 * The process of one plugin. It is given the hosts that may be connected to, and everything else over the pipe; when the
 * pipe closes, the service is gone or wants nothing more, and the process ends.
 */
function main([hosts = '[]']: readonly string[]): void {
  const socket = new Socket({ fd: PIPE, readable: true, writable: true });
  fastenSeatBelts(hostsFrom(hosts));
  useOneSdk();
  const leave = (): void => process.exit(0);
  const runner: Runner = new Runner((saying) => channel.send(saying), load, leave);
  const channel = new Channel(socket, {
    hear: (text) => runner.obey(orderSchema.parse(readJson(text))),
    broken: leave,
    closed: leave,
  });
  // the service stops its plugins itself, when nothing is under way any more
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  channel.send({ say: 'ready' });
}

function hostsFrom(text: string): readonly string[] | 'any' {
  const hosts: unknown = JSON.parse(text);
  return Array.isArray(hosts) ? hosts.map(String) : 'any';
}

async function load(entry: string, from: string): Promise<unknown> {
  lookFrom(entry, from);
  const module: unknown = await import(entry);
  return typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
}

/** A package is looked for where the operator installed it, not beside this program. */
function lookFrom(entry: string, from: string): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === entry ? next(specifier, { ...context, parentURL: from }) : next(specifier, context),
  });
}

main(process.argv.slice(2));
