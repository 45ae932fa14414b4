import { sayDuration, type Change, type Plan } from '../../../src/plugin-sdk/index.js';
import type { CacheConfig } from './config.js';
import { sayKey, type Before, type Entry } from './run-note.js';
import { saySelection, type Selection } from './selection.js';
import type { Survey } from './survey.js';

/** Names of keys that are kept in a plan have no more bytes than this together. */
const MOST_NAME_BYTES = 65_536;

/** Where and what is planned. */
interface Subject {
  readonly name: string;
  readonly config: CacheConfig;
  /** Keys in the database now. */
  readonly keys: number;
  readonly selection: Selection;
}

/**
 * Makes a plan of what a survey showed: of few keys each by its name, with copies for going back; of many what they have
 * in common and how many they may be, without a way back.
 *
 * @param runs how often an eviction of these keys was begun so far
 */
export function planOf(subject: Subject, seen: Survey, runs: string): Plan<Before> {
  const why = whyNoCopies(subject, seen);
  const entries = why === undefined ? (seen.entries ?? []).slice(0, limitOf(subject)) : null;
  const { name, selection, config } = subject;
  const what = saySelection(selection);
  if (entries === null)
    return {
      summary: `evict ${what} from ${name}, at most ${count(selection.maxKeys)} keys and ${selection.maxPercent} % of all`,
      changes: [changeOfMany(subject, what)],
      before: { runs, entries: null },
      reversible: false,
      facts: { ...factsOf(subject, seen), restorable: `no: ${why}` },
    };
  return {
    summary: `evict ${entries.length} ${entries.length === 1 ? 'key' : 'keys'} from ${name}: ${what}`,
    changes: entries.map((entry) => changeOf(name, entry)),
    before: { runs, entries },
    facts: {
      ...factsOf(subject, seen),
      restorable: `yes: copies stay in the cache for ${sayDuration(config.restorable.keepFor)}`,
    },
  };
}

function whyNoCopies({ config: { restorable } }: Subject, seen: Survey): string | undefined {
  if (seen.entries === undefined) return `there are more than ${count(restorable.keys)} keys`;
  if (!seen.complete) return 'there are too many keys to go over all of them while planning';
  if (seen.bytes > restorable.bytes)
    return `they take ${bytes(seen.bytes)}, and copies of ${bytes(restorable.bytes)} are kept at most`;
  const names = seen.entries.reduce((sum, { key }) => sum + key.length, 0);
  return names > MOST_NAME_BYTES ? 'their names are too long' : undefined;
}

function limitOf({ keys, selection: { maxKeys, maxPercent } }: Subject): number {
  return Math.min(maxKeys, Math.ceil((keys * maxPercent) / 100));
}

function changeOf(name: string, { key, type }: Entry): Change {
  return { resource: `${name}/${sayKey(key)}`, attribute: 'entry', from: type, to: null };
}

function changeOfMany({ name, selection: { maxKeys, maxPercent } }: Subject, what: string): Change {
  const to = `evicted, at most ${count(maxKeys)} keys and ${maxPercent} % of all`;
  return { resource: name, attribute: what, from: 'there', to };
}

function factsOf({ keys }: Subject, seen: Survey): { readonly [name: string]: string } {
  const part = seen.complete || seen.scanned === 0 ? 1 : seen.scanned / Math.max(keys, seen.scanned);
  const about = seen.complete ? '' : 'about ';
  return {
    keys: `${about}${count(Math.round(seen.found / part))} of ${count(keys)}`,
    memory: `${about}${bytes(Math.round(seen.bytes / part))}`,
    ...(seen.complete ? {} : { estimatedFrom: `${count(seen.scanned)} keys` }),
    ...(seen.unknown === 0 ? {} : { ofUnknownAge: `${count(seen.unknown)} left alone` }),
  };
}

const count = (value: number): string => value.toLocaleString('en-US');

function bytes(value: number): string {
  if (value < 1_024) return `${value} B`;
  const [unit, size] = value < 1_048_576 ? ['KiB', 1_024] : ['MiB', 1_048_576];
  return `${(value / Number(size)).toFixed(1)} ${unit}`;
}
