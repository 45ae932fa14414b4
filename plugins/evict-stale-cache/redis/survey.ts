import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { CacheServer } from './cache-server.js';
import type { Entry } from './run-note.js';
import { runScript } from './run-script.js';
import { LOOK } from './scripts.js';
import { criterionForScript, type Selection } from './selection.js';

/** Looking at a key costs a tenth of what evicting it does, in what a rate allows. */
export const LOOKS_PER_KEY = 10;

/** A survey ends after so long, however far it is, in milliseconds. */
const LONGEST_MS = 3_000;

/** So many keys are enough to say about how many there are. */
const ENOUGH = 20_000;

/** What a look over a part of the keys, or all of them, showed. */
export interface Survey {
  /** Whether all keys were gone over. */
  readonly complete: boolean;
  /** How many keys were gone over, of whatever name. */
  readonly scanned: number;
  /** How many are stale, and how many bytes they take. */
  readonly found: number;
  readonly bytes: number;
  /** How many have no known age: they are left alone. */
  readonly unknown: number;
  /** The stale ones, in the order of their names; undefined when there are more than were asked for. */
  readonly entries: readonly Entry[] | undefined;
}

/** How thoroughly to look. */
export interface Thoroughness {
  /** Up to how many stale keys are wanted by name; with more the look may end. */
  readonly most: number;
  /** Ends as soon as there is one. */
  readonly untilOne?: boolean;
  /** How much older a key must be besides, in milliseconds. */
  readonly olderMs?: number;
}

/**
 * Looks for stale keys without changing anything, at no more than the rate.
 *
 * @param pause waits that many milliseconds, or throws when the right to look is lost
 */
export async function survey(
  server: CacheServer,
  selection: Selection,
  { most, untilOne = false, olderMs = 0 }: Thoroughness,
  pause: (ms: number) => Promise<void>,
): Promise<Survey> {
  const begun = performance.now();
  const entries = new Map<string, Entry>();
  let [scanned, found, bytes, unknown, cursor] = [0, 0, 0, 0, '0'];
  for (;;) {
    const seen = await look(server, selection, { at: cursor, keys: [], wanted: most + 1 - entries.size, olderMs });
    cursor = seen.next;
    scanned += seen.looked;
    unknown += seen.unknown;
    found += seen.found;
    bytes += seen.bytes;
    for (const entry of seen.entries) entries.set(entry.key, entry);
    const complete = cursor === '0';
    const enough = (untilOne && found > 0) || (found > most && scanned >= ENOUGH);
    const spent = performance.now() - begun;
    if (complete || enough || spent > LONGEST_MS) {
      const named = entries.size <= most ? [...entries.values()] : undefined;
      const sorted = named?.toSorted((a, b) => (a.key < b.key ? -1 : 1));
      return { complete, scanned: Math.min(scanned, server.keys), found, bytes, unknown, entries: sorted };
    }
    const ahead = (scanned * 1_000) / (selection.keysPerSecond * LOOKS_PER_KEY) - spent;
    if (ahead > 0) await pause(Math.min(ahead, LONGEST_MS));
  }
}

/**
 * Looks at keys by name and gives how many of them are stale.
 *
 * @param olderMs how much older a key must be besides, in milliseconds
 */
export async function countStale(
  server: CacheServer,
  selection: Selection,
  keys: readonly Buffer[],
  olderMs: number,
): Promise<number> {
  // without a name it would look at all
  if (keys.length === 0) return 0;
  return (await look(server, selection, { at: '0', keys, wanted: 0, olderMs })).found;
}

interface Glance {
  readonly at: string;
  readonly keys: readonly Buffer[];
  readonly wanted: number;
  readonly olderMs: number;
}

async function look(server: CacheServer, { criterion, prefix, share }: Selection, glance: Glance) {
  const how = criterionForScript(criterion, server.now(), glance.olderMs);
  const args = [...how, glance.at, prefix, share.from, share.to, glance.wanted];
  const { word, rest } = await runScript(server, LOOK, glance.keys, args);
  if (word === 'NOSAMPLES') throw tooFewSamples(server.name);
  const [next = '', ...figures] = rest.slice(0, 5);
  const [looked = NaN, unknown = NaN, found = NaN, bytes = NaN] = figures.map(Number);
  if (!/^\d+$/.test(next) || [looked, unknown, found, bytes].some(Number.isNaN))
    throw new PluginError('not-understood', `${server.name} does not answer a script as a Redis does`, false);
  const named = rest.slice(5);
  const entries: Entry[] = [];
  for (let i = 0; i + 2 < named.length; i += 3) {
    const [key = '', ends, type = ''] = named.slice(i, i + 3);
    entries.push({ key, ends: Number(ends), type });
  }
  return { next, looked, unknown, found, bytes, entries };
}

/** Nothing may be concluded from windows in which nobody wrote down what they used. */
export function tooFewSamples(name: string): PluginError {
  const detail = `${name} does not have the last 3 windows of accesses: do the applications write them, and do they live for five windows?`;
  return new PluginError('too-few-samples', detail);
}
