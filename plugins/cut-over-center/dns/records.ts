import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Records } from '../../clients/dns-update.js';
import { asPlanned, type Change } from '../../../src/plugin-sdk/index.js';
import type { Params } from './params.js';

/** How plans of this plugin name the records of a name. */
export function resourceOf({ server, name, type }: Params): string {
  return `dns/${server}/${name}/${type}`;
}

/** Says what differs, as approvers read it. */
export function changesOf(params: Params, from: Records, to: Records): Change[] {
  const resource = resourceOf(params);
  const changes: Change[] = [
    { resource, attribute: 'values', from: [...from.values], to: [...to.values] },
    { resource, attribute: 'ttl', from: from.ttl, to: to.ttl },
  ];
  return changes.filter((change) => !isDeepStrictEqual(change.from, change.to));
}

/** What the records will be once the earlier steps are done. */
export function plannedRecords(params: Params, earlier: readonly Change[], now: Records): Records {
  const planned = (attribute: string, is: number | null | readonly string[]) =>
    asPlanned(earlier, resourceOf(params), attribute, typeof is === 'object' && is !== null ? [...is] : is);
  return {
    values: z.array(z.string()).parse(planned('values', now.values)),
    ttl: z.number().nullable().parse(planned('ttl', now.ttl)),
  };
}

/** Tells whether both are the same, values and TTL. */
export function sameRecords(one: Records, other: Records): boolean {
  return one.ttl === other.ttl && isDeepStrictEqual([...one.values], [...other.values]);
}

/** Says records in a few words. */
export function sayRecords({ values, ttl }: Records): string {
  return values.length === 0 ? 'nothing' : `${values.join(', ')} (ttl ${ttl})`;
}
