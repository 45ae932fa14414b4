import { asPlanned, PluginError, type Change } from '../../../src/plugin-sdk/index.js';
import { z } from 'zod';
import type { Before, Params } from './params.js';

/** One weight: what it was, and what it is to be. */
export interface Goal {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Gives what a step changes: the weights that were not yet as wanted.
 *
 * @throws PluginError `unknown-name` for a name that the resource does not have
 */
export function goalsOf(wanted: Params['weights'], was: Before['weights']): Goal[] {
  const known = new Map(Object.entries(was));
  return Object.entries(wanted).flatMap(([name, to]) => {
    const from = known.get(name);
    if (from === undefined)
      throw new PluginError('unknown-name', `no weight for ${name}; there are ${[...known.keys()].join(', ')}`, false);
    return from === to ? [] : [{ name, from, to }];
  });
}

/** Turns a goal round. */
export function reversed({ name, from, to }: Goal): Goal {
  return { name, from: to, to: from };
}

/** Says a goal as approvers read it. */
export function changeOf(params: Pick<Params, 'file' | 'resource'>, { name, from, to }: Goal): Change {
  return { resource: resourceOf(params), attribute: attributeOf(name), from, to };
}

/** Gives the weights as they will be when the earlier steps of the execution are done. */
export function asEarlierLeave(
  now: ReadonlyMap<string, number>,
  earlier: readonly Change[],
  params: Pick<Params, 'file' | 'resource'>,
): { [name: string]: number } {
  const later = [...now].map(([name, weight]) => {
    const planned = z
      .int()
      .min(0)
      .safeParse(asPlanned(earlier, resourceOf(params), attributeOf(name), weight));
    if (planned.success) return [name, planned.data] as const;
    throw new PluginError('not-understood', `an earlier step plans no known weight of ${name}`, false);
  });
  return Object.fromEntries(later);
}

// Names of files have no slash, and names of resources and weights may have any: so they stand in fields of their own.
const resourceOf = ({ file, resource }: Pick<Params, 'file' | 'resource'>) => `envoy-file/${file}/${resource}`;
const attributeOf = (name: string) => `weight of ${name}`;
