import type { Path } from '../../clients/discovery-text.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import { MAX_UINT32, type Resource, type Response } from './discovery.js';

/** One weight in a file. */
export interface Weighted {
  readonly name: string;
  readonly weight: number;
  /** From the top of the resource. */
  readonly path: Path;
  /** Weights of one group share what comes in. */
  readonly group: string;
  /** False when nothing behind it could answer. */
  readonly able: boolean;
  /** Envoy refuses a locality's weight of 0: no load is said by leaving the weight out. */
  readonly zeroIs: 'written' | 'left-out';
  /** What the weights of the group must add up to, if the file says so. */
  readonly total?: number | undefined;
}

/**
 * Finds a resource by its name.
 *
 * @throws PluginError `unknown-name`, with the names there are
 */
export function resourceNamed(response: Response, name: string): { resource: Resource; index: number } {
  const found = response.resources.flatMap((resource, index) =>
    nameOf(resource) === name ? [{ resource, index }] : [],
  );
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const names = response.resources.map(nameOf).join(', ').slice(0, 300);
  const what = found.length > 1 ? `${name} is there ${found.length} times` : `no resource ${name}; there are ${names}`;
  throw new PluginError('unknown-name', what, false);
}

/** Name of a resource, as Envoy asks for it. */
export function nameOf(resource: Resource): string {
  return 'cluster_name' in resource ? resource.cluster_name : resource.name;
}

/** Gives every weight of a resource, in the order of the file. */
export function weightsIn(resource: Resource): Weighted[] {
  return 'cluster_name' in resource ? ofLocalities(resource) : ofRoutes(resource);
}

/**
 * Gives the weights of a resource by name.
 *
 * @throws PluginError `ambiguous-name` when one name has two weights
 */
export function byName(all: readonly Weighted[]): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const { name, weight, group } of all) {
    const known = weights.get(name);
    if (known !== undefined && known !== weight)
      throw new PluginError('ambiguous-name', `${name} has weight ${weight} in ${group} and ${known} elsewhere`, false);
    weights.set(name, weight);
  }
  return weights;
}

/**
 * "At least one centre serving" (I9), for each group that shares what comes in, and what Envoy would refuse.
 *
 * @param all every weight of the resource
 * @param after the weights by name after the change
 * @throws PluginError `no-server-left` or `bad-weight`
 */
export function refuseOutage(resource: string, all: readonly Weighted[], after: ReadonlyMap<string, number>): void {
  for (const group of new Set(all.map((one) => one.group))) {
    const members = all.filter((one) => one.group === group);
    const weightOf = (one: Weighted) => after.get(one.name) ?? one.weight;
    if (members.every((one) => weightOf(one) === one.weight)) continue;
    const sum = members.reduce((total, one) => total + weightOf(one), 0);
    const say = members.map(
      (one) => `${one.name} ${weightOf(one)}${one.able ? '' : ' (no endpoint that could serve)'}`,
    );
    const what = `${resource}, ${group}: ${say.join(', ')}`;
    if (!members.some((one) => one.able && weightOf(one) > 0))
      throw new PluginError('no-server-left', `after the change nothing would serve in ${what}`, false);
    const total = members[0]?.total;
    if (sum > MAX_UINT32 || (total !== undefined && sum !== total))
      throw new PluginError(
        'bad-weight',
        `the weights must add up to ${total ?? `at most ${MAX_UINT32}`} in ${what}`,
        false,
      );
  }
}

const UNABLE = new Set<string | number | undefined>(['UNHEALTHY', 'DRAINING', 'TIMEOUT', 2, 3, 4]);

function ofLocalities({ endpoints }: Extract<Resource, { cluster_name: string }>): Weighted[] {
  return endpoints.map(({ locality, lb_endpoints: hosts, load_balancing_weight: weight, priority }, index) => ({
    name: [locality.region, locality.zone, locality.sub_zone].filter((part) => part !== '').join('/'),
    weight: weight ?? 0,
    path: ['endpoints', index, 'load_balancing_weight'],
    group: `priority ${priority}`,
    able: hosts.some((host) => !UNABLE.has(host.health_status)),
    zeroIs: 'left-out' as const,
  }));
}

function ofRoutes({ virtual_hosts: hosts }: Exclude<Resource, { cluster_name: string }>): Weighted[] {
  return hosts.flatMap(({ routes }, host) =>
    routes.flatMap(({ route }, at) => {
      const divided = route?.weighted_clusters;
      return (divided?.clusters ?? []).map(({ name, weight }, index) => ({
        name,
        weight,
        path: ['virtual_hosts', host, 'routes', at, 'route', 'weighted_clusters', 'clusters', index, 'weight'],
        group: `route ${at} of virtual host ${host}`,
        able: true,
        zeroIs: 'written' as const,
        total: divided?.total_weight,
      }));
    }),
  );
}
