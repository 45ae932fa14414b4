import { makeNamespaces, namespacesWork } from './namespaces.js';
import type { RigNetwork } from './network.js';
import { makeProxied } from './proxied-network.js';

/**
 * Makes a network of the best kind that this machine allows: namespaces as root, else proxies.
 *
 * @param sites names of all sites but Firebreak's own; a-z only
 * @param kind one kind and no other
 */
export async function makeNetwork(sites: readonly string[], kind?: RigNetwork['kind']): Promise<RigNetwork> {
  const chosen = kind ?? ((await namespacesWork()) ? 'namespaces' : 'proxies');
  return chosen === 'namespaces' ? makeNamespaces(sites) : makeProxied(sites);
}
