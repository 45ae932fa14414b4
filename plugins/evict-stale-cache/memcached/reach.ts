import { MemcachedSession } from '../../clients/memcached.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { Looking } from './kit.js';

/** Uses one server of the cache that a step is about; for a server that is no longer configured it is an error. */
export function withServer<T>(
  { client, params, signal }: Looking,
  name: string,
  use: (session: MemcachedSession) => Promise<T>,
): Promise<T> {
  const cache = client.memcached.get(params.cache);
  const server = cache.servers.get(name);
  if (server !== undefined) return MemcachedSession.during(server, signal, use);
  const known = [...cache.servers.keys()].join(', ');
  throw new PluginError('unknown-server', `cache ${cache.name} has ${known}, but no server ${name} any more`, false);
}

/** Makes the error of a step that met something that neither its plan saw nor it wrote. */
export function changedMeanwhile(what: string): PluginError {
  return new PluginError('changed-meanwhile', `${what}: somebody wrote it meanwhile; plan anew`, false);
}
