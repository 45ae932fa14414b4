import { asPlanned, PluginError, type Change, type Plan, type PlanCall } from '../../../src/plugin-sdk/index.js';
import type { MemcachedSession } from '../../clients/memcached.js';
import { lookAndHold, lookAtKeys, type HeldItem, type SeenItem } from './keys.js';
import type { Looking, MemcachedSystem, Writing } from './kit.js';
import type { Before, KeptItem, Params } from './params.js';
import { changedMeanwhile, withServer } from './reach.js';

type Planning = PlanCall<MemcachedSystem, Params>;

/** Gives what is there of the keys, and not evicted by an earlier step. */
export async function itemsToEvict(call: Planning, keys: readonly string[]): Promise<SeenItem[]> {
  return (await lookAtKeys(call, keys)).filter((item) => remains(call, item));
}

/** Plans to remove each entry, if it is still the version that is there now. */
export async function planKeys(call: Planning, keys: readonly string[]): Promise<Plan<Before>> {
  const { items: all, held } = await lookAndHold(call, keys);
  const items = all.filter((item) => remains(call, item));
  const kept = held?.filter((item) => remains(call, item));
  const changes = items.map((item): Change => ({ ...nameOf(call, item), from: sayItem(item), to: null }));
  const { name, keepBytes } = call.client.memcached.get(call.params.cache);
  const size = items.reduce((sum, item) => sum + item.size, 0);
  const restore =
    kept === undefined
      ? `not possible: ${sayEntries(items)} (${size} bytes), and at most ${keepBytes} bytes are kept`
      : `${sayEntries(items)} (${size} bytes) kept, and put back where nobody has written another`;
  return {
    summary: `evict ${sayEntries(items)} from memcached ${name}${sayKeys(items)}`,
    changes,
    before: { of: 'keys', items: kept?.map(keptItem) ?? items.map(lostItem) },
    ...(items.length === 0 ? {} : { facts: { restore } }),
    reversible: kept !== undefined,
  };
}

/**
 * Removes the entries. Repeatable: what is gone already is left alone.
 *
 * @throws PluginError `changed-meanwhile` when one is another version than the plan saw; then nothing was removed, unless it
 *   was written at the same moment
 */
export async function evictKeys(call: Writing, items: readonly KeptItem[]): Promise<void> {
  const seen = await lookAtKeys(call, [...new Set(items.map(({ key }) => key))]);
  const there = items.flatMap((item) => {
    const now = seen.find(({ server, key }) => server === item.server && key === item.key);
    if (now !== undefined && now.cas !== item.cas) throw changedMeanwhile(`${item.key} on ${item.server} is new`);
    return now === undefined ? [] : [item];
  });
  await atEach(call, there, async (session, { server, key, cas }) => {
    await call.fence();
    if ((await session.remove(key, cas)) === 'changed') throw changedMeanwhile(`${key} on ${server} is new`);
  });
  if (there.length > 0) call.log.info('entries evicted', { cache: call.params.cache, entries: there.length });
}

/** Gives those entries that are still the version that the plan saw. */
export async function leftOf(call: Looking, items: readonly KeptItem[]): Promise<readonly KeptItem[]> {
  const seen = await lookAtKeys(call, [...new Set(items.map(({ key }) => key))]);
  return items.filter((item) =>
    seen.some(({ server, key, cas }) => server === item.server && key === item.key && cas === item.cas),
  );
}

/**
 * Puts the entries back where there are none, for as long as they would have lived. Repeatable: what somebody has written
 * since is newer and stays.
 *
 * @throws PluginError `not-kept` when the plan did not keep them
 */
export async function restoreKeys(call: Writing, items: readonly KeptItem[]): Promise<void> {
  await atEach(call, items, async (session, { key, value, flags, expiresAt }) => {
    if (value === null) throw new PluginError('not-kept', `the value of ${key} was too large to be kept`, false);
    if ((await session.glance(key)) !== null) return;
    const now = await session.now();
    if (expiresAt !== null && expiresAt <= now) return;
    await call.fence();
    await session.add(key, { value: Buffer.from(value, 'base64'), flags }, { expiresAt, now });
  });
}

/** Does something with each entry, one after the other, over one connection to each server. */
async function atEach(
  call: Writing,
  items: readonly KeptItem[],
  use: (session: MemcachedSession, item: KeptItem) => Promise<void>,
): Promise<void> {
  for (const server of new Set(items.map((item) => item.server))) {
    await withServer(call, server, async (session) => {
      for (const item of items) if (item.server === server) await use(session, item);
    });
  }
}

const ATTRIBUTE = 'entry';

function nameOf({ params }: Looking, { server, key }: { readonly server: string; readonly key: string }) {
  return { resource: `memcached/${params.cache}/${server}/${key}`, attribute: ATTRIBUTE };
}

function remains(call: Planning, item: SeenItem): boolean {
  return asPlanned(call.earlier, nameOf(call, item).resource, ATTRIBUTE, item.cas) !== null;
}

function sayEntries(items: readonly SeenItem[]): string {
  return items.length === 1 ? '1 entry' : `${items.length} entries`;
}

/** The first ones: all of them stand in the changes. */
function sayKeys(items: readonly SeenItem[]): string {
  const shown = items.slice(0, 3).map(({ key }) => key);
  if (shown.length === 0) return '';
  return `: ${shown.join(', ')}${items.length > shown.length ? ', ...' : ''}`;
}

function sayItem({ size, cas }: SeenItem): string {
  return `${size} bytes, version ${cas}`;
}

function keptItem(item: HeldItem): KeptItem {
  return { ...lostItem(item), value: item.held.value.toString('base64'), flags: item.held.flags };
}

function lostItem({ server, key, cas, expiresAt }: SeenItem): KeptItem {
  return { server, key, cas, value: null, flags: '0', expiresAt };
}
