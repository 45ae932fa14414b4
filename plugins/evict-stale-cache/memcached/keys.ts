import type { MemcachedGlance, MemcachedItem, MemcachedSession } from '../../clients/memcached.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { Looking } from './kit.js';
import { withServer } from './reach.js';

/** An entry that is there. */
export interface SeenItem extends MemcachedGlance {
  readonly server: string;
  readonly key: string;
  /** In seconds since the epoch by the server's clock; null when never. */
  readonly expiresAt: number | null;
}

/** An entry with what putting it back needs. */
export interface HeldItem extends SeenItem {
  readonly held: MemcachedItem;
}

/** How often an entry that is written all the time is looked at again. */
const MAX_RACES = 3;

/** Looks at the keys on every server, without using them. */
export async function lookAtKeys(call: Looking, keys: readonly string[]): Promise<SeenItem[]> {
  const { servers } = call.client.memcached.get(call.params.cache);
  const found = await Promise.all(
    [...servers.keys()].map((server) => withServer(call, server, (session) => itemsAt(session, server, keys))),
  );
  return found.flat();
}

/**
 * Reads the values of entries that were looked at.
 *
 * @returns undefined when one of them is another version by now
 */
export async function holdItems(call: Looking, items: readonly SeenItem[]): Promise<HeldItem[] | undefined> {
  const servers = [...new Set(items.map(({ server }) => server))];
  const held = await Promise.all(
    servers.map((server) =>
      withServer(call, server, async (session) => {
        const here: (HeldItem | undefined)[] = [];
        for (const item of items.filter((one) => one.server === server)) {
          const value = await session.fetch(item.key);
          here.push(value?.cas === item.cas ? { ...item, held: value } : undefined);
        }
        return here;
      }),
    ),
  );
  const all = held.flat().filter((item) => item !== undefined);
  return all.length === items.length ? all : undefined;
}

/** Looks at the keys, and reads the values of what is there, if all together are small enough. */
export async function lookAndHold(
  call: Looking,
  keys: readonly string[],
): Promise<{ readonly items: readonly SeenItem[]; readonly held: readonly HeldItem[] | undefined }> {
  const { keepBytes } = call.client.memcached.get(call.params.cache);
  for (let races = 0; races < MAX_RACES; races += 1) {
    const items = await lookAtKeys(call, keys);
    const size = items.reduce((sum, item) => sum + item.size, 0);
    if (size > keepBytes) return { items, held: undefined };
    const held = await holdItems(call, items);
    if (held !== undefined) return { items, held };
  }
  throw new PluginError('key-busy', `others wrote one of the keys ${MAX_RACES} times while they were looked at`);
}

async function itemsAt(session: MemcachedSession, server: string, keys: readonly string[]): Promise<SeenItem[]> {
  for (let races = 1; ; races += 1) {
    const now = await session.now();
    const found: SeenItem[] = [];
    for (const key of keys) {
      const seen = await session.glance(key);
      if (seen !== null) found.push({ ...seen, server, key, expiresAt: seen.ttl === null ? null : now + seen.ttl });
    }
    // When the second changed in between, moments would be off by one, and the same plan would be another one.
    const steady = found.every(({ ttl }) => ttl === null) || (await session.now()) === now;
    if (steady || races === MAX_RACES) return found;
  }
}
