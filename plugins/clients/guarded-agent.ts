import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { Agent, buildConnector } from 'undici';
import { PluginError } from '../../src/plugin-sdk/index.js';
import type { AddressRules } from './address-rules.js';

/** Says why an address must not be connected to. */
type Rules = Pick<AddressRules, 'refusal'>;

/** No answer needs more, and a flood of headers is an attack. */
const MAX_HEADERS = 16 * 1024;

/** Finds all addresses of a host name. */
export type ResolveHost = (host: string) => Promise<readonly LookupAddress[]>;

/**
 * Makes an agent that connects only where the rules let it. What is checked is the address that is connected to, by the
 * same question to the resolver, and once more when the connection is there; redirects are not followed, proxies of the
 * environment are not used, and each request has a connection of its own.
 *
 * Requests that it refuses fail with PluginError `address-not-allowed`, which trying again does not help.
 *
 * @param rules which addresses may be connected to
 * @param resolve how host names are resolved; as the system does it unless told
 */
export function guardedAgent(rules: Rules, resolve: ResolveHost = bySystem): Agent {
  const connect = buildConnector({ lookup: guardedLookup(rules, resolve), allowH2: false, timeout: 10_000 });
  return new Agent({
    // A connection that is used again may be half dead: then nobody knows whether a write was made.
    pipelining: 0,
    maxHeaderSize: MAX_HEADERS,
    connect(options, callback) {
      const host = options.hostname.replace(/^\[(.*)\]$/, '$1');
      // No resolver is asked about an address.
      const refused = isIP(host) === 0 ? undefined : refusal(rules, host, host);
      if (refused !== undefined) return callback(refused, null);
      connect(options, (error, socket) => {
        if (error !== null) return callback(error, null);
        const late = refusal(rules, host, socket.remoteAddress ?? '');
        if (late === undefined) return callback(null, socket);
        socket.destroy();
        callback(late, null);
      });
    },
  });
}

function guardedLookup(rules: Rules, resolve: ResolveHost): LookupFunction {
  const ask = callbackify(resolve);
  return (host, options, callback) => {
    const found = (error: Error | null, addresses: readonly LookupAddress[]): void => {
      if (error !== null) return callback(error, []);
      const [first] = addresses;
      if (first === undefined) return callback(new Error(`${host} has no address`), []);
      for (const { address } of addresses) {
        const refused = refusal(rules, host, address);
        if (refused !== undefined) return callback(refused, []);
      }
      if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    };
    ask(host, found);
  };
}

/** The address is not said: what a name of our own network means is nobody else's business. */
function refusal(rules: Rules, host: string, address: string): PluginError | undefined {
  const what = rules.refusal(host, address);
  if (what === undefined) return undefined;
  const advice = 'if that is wanted, name the host or its range under allow in the configuration of the plugin';
  return new PluginError('address-not-allowed', `${host} is at an address that is ${what}: ${advice}`, false);
}

function bySystem(host: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });
}
