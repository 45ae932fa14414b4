import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { HaproxyPlace } from '../../clients/haproxy-limits.js';
import type { HaproxyRuntime } from '../../clients/haproxy-runtime.js';
import type { Level } from '../lift.js';
import type { Limit } from '../limit.js';
import { refuseDeadlock } from './deadlock.js';
import type { Params } from './params.js';

/**
 * Gives the limit that the parameters name.
 *
 * @param maps the configured ones, by name
 */
export function limitOf(
  runtime: HaproxyRuntime,
  { endpoint, of }: Params,
  maps: Readonly<Record<string, string>>,
): Limit {
  // Neither names of endpoints nor of proxies, servers, maps and keys have a slash.
  const at = (...names: string[]) => ['haproxy', ...(endpoint === undefined ? [] : [endpoint]), ...names].join('/');
  if ('map' in of) {
    const file = maps[of.map];
    if (file === undefined)
      throw new PluginError('unknown-name', `no map ${of.map}; configured: ${Object.keys(maps).join(', ')}`, false);
    return entry(runtime, { file, ...of }, at('map', of.map, of.key));
  }
  return 'frontend' in of
    ? connections(runtime, of, `frontend ${of.frontend}`, at('frontend', of.frontend))
    : connections(runtime, of, `server ${of.backend}/${of.server}`, at('server', of.backend, of.server));
}

function connections(runtime: HaproxyRuntime, place: HaproxyPlace, what: string, resource: string): Limit {
  return {
    resource,
    attribute: 'maxconn',
    name: `maxconn of ${what}`,
    unit: '',
    async read(signal) {
      if ('frontend' in place) refuseDeadlock(await runtime.version(signal), runtime.endpoint);
      return runtime.maxconn(place, signal);
    },
    async write(_from, to, call) {
      await call.fence();
      await runtime.setMaxconn(place, to, call.signal);
    },
  };
}

/** One entry of a map, as rules of the operator's read it: a key that is not there stands for no limit. */
function entry(
  runtime: HaproxyRuntime,
  { file, map, key }: { file: string; map: string; key: string },
  resource: string,
): Limit {
  const name = `${key} in map ${map}`;
  return {
    resource,
    attribute: 'value',
    name,
    unit: '',
    async read(signal): Promise<Level> {
      const text = await runtime.entry(file, key, signal);
      if (text === null) return null;
      if (/^\d{1,10}$/.test(text)) return Number(text);
      const detail = `${name} is ${JSON.stringify(text.slice(0, 80))}, which is no number: set it by hand first`;
      throw new PluginError('not-understood', detail, false);
    },
    async write(from, to, call) {
      await call.fence();
      const text = (level: Level) => (level === null ? null : String(level));
      await runtime.setEntry(file, key, text(from), text(to), call.signal);
    },
  };
}
