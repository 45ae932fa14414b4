import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import type { Inject } from '../inject-schema.js';
import type { Injector } from '../ports.js';
import { faultWords } from './fault-words.js';

const TIMEOUT_MS = 5_000;

/** Where nobody listens, seen from HAProxy: connections are refused at once, as by a machine whose service is dead. */
const NOWHERE = { host: '127.0.0.1', port: '1' };

/**
 * Gives a server of HAProxy an address where nobody listens. Its state and weight are left alone, so that taking the fault
 * back does not undo what a runbook has made of them.
 */
export function haproxyServer(inject: Inject): Injector | undefined {
  if (inject.haproxy === undefined) return undefined;
  const { runtime, server, address } = inject.haproxy;
  const { host, port } = parts(address);
  const [backend = '', name = ''] = server.split('/');
  const move = async (to: { readonly host: string; readonly port: string }): Promise<void> => {
    const answer = await tell(runtime, `set server ${server} addr ${to.host} port ${to.port}`);
    // it says what it has changed, and that there was nothing to change
    if (!/changed|no need to change|updated/i.test(answer))
      throw new Error(`HAProxy at ${runtime} does not take it: ${answer}`);
  };
  return {
    what: `${faultWords(inject)} by an address where nobody listens for ${server} of HAProxy at ${runtime}`,
    endsItself: false,
    obstacle: async () => {
      const has = addressIn(await tell(runtime, `show servers state ${backend}`), name);
      const usual = { host: await resolved(host), port };
      if (has === undefined) return `HAProxy at ${runtime} has no server ${server}`;
      if (has.host === usual.host && has.port === usual.port) return undefined;
      if (has.host === NOWHERE.host && has.port === NOWHERE.port)
        return `a fault is in force already: ${server} is at ${has.host}:${has.port}, where nobody listens; unless a drill is being held, --undo takes it back`;
      return `${server} is at ${has.host}:${has.port}, not at ${address}: the drill could not give it back as it was`;
    },
    begin: () => move(NOWHERE),
    end: async () => move({ host: await resolved(host), port }),
  };
}

function parts(address: string): { readonly host: string; readonly port: string } {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: address.slice(at + 1) };
}

/** HAProxy takes addresses only, no names. */
async function resolved(host: string): Promise<string> {
  return (await lookup(host)).address;
}

/** Reads where a server is from the table of `show servers state`. */
function addressIn(table: string, server: string): { readonly host: string; readonly port: string } | undefined {
  const [, heading = '', ...rows] = table.trim().split('\n');
  const names = heading.replace(/^# /, '').split(' ');
  const row = rows.map((text) => text.split(' ')).find((cells) => cells[names.indexOf('srv_name')] === server);
  const [host, port] = [row?.[names.indexOf('srv_addr')], row?.[names.indexOf('srv_port')]];
  return host === undefined || port === undefined ? undefined : { host, port };
}

/** Sends one command to the runtime API and gives its answer. */
function tell(runtime: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const target = runtime.startsWith('/') ? { path: runtime } : endpoint(parts(runtime));
    let answer = '';
    const socket = connect(target, () => socket.write(`${command}\n`));
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer in time')));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => (answer += text));
    socket.on('error', (error) => reject(new Error(`HAProxy at ${runtime} cannot be asked: ${error.message}`)));
    socket.on('close', () => resolve(answer.trim()));
  });
}

function endpoint({ host, port }: { readonly host: string; readonly port: string }) {
  return { host, port: Number(port) };
}
