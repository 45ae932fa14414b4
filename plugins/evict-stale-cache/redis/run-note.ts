import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { CacheServer } from './cache-server.js';
import { NOTES } from './config.js';
import type { Selection } from './selection.js';

/** One key that is to be evicted with a copy, as the plan saw it. */
export const entrySchema = z.strictObject({
  /** Its bytes, each as the character of that number. */
  key: z.string(),
  type: z.string(),
  /** When its life ends, in milliseconds since the epoch; -1 for never. */
  ends: z.number(),
});

/** What `plan` keeps. */
export const beforeSchema = z.strictObject({
  /** How often an eviction of these keys was begun so far: nobody else may have begun one since. */
  runs: z.string().regex(/^\d+$/),
  /** The only keys that are evicted, with copies; null when there are too many for that. */
  entries: z.array(entrySchema).nullable(),
});

/** What `plan` keeps. */
export type Before = z.infer<typeof beforeSchema>;

/** One key that is to be evicted with a copy. */
export type Entry = z.infer<typeof entrySchema>;

/** The names of Firebreak's own notes on one eviction: in the cache itself, written in one step with what they tell of. */
export interface NoteKeys {
  /** Counts the runs of evictions of the same keys. */
  readonly head: string;
  /** How far this run is. */
  readonly note: string;
  /** Copies of what it took. */
  readonly copies: string;
}

/** Names the notes of a step. */
export function noteKeysOf(selection: Selection, { runs }: Pick<Before, 'runs'>): NoteKeys {
  const head = headOf(selection);
  const note = `${head}:${Number(runs) + 1}`;
  return { head, note, copies: `${note}:copies` };
}

function headOf({ prefix, criterion, share }: Selection): string {
  const what = JSON.stringify([prefix, criterion, share]);
  return NOTES + createHash('sha256').update(what).digest('hex').slice(0, 32);
}

/** How far a run is. */
export interface Run {
  /** The key of the effect that it belongs to. */
  readonly by: string;
  readonly state: 'going' | 'done' | 'back';
  /** When it was begun, by the server's clock. */
  readonly began: number;
  /** How many batches were made. */
  readonly batch: number;
  readonly cursor: string;
  /** The run of the server that the cursor belongs to. */
  readonly run: string;
  readonly evicted: number;
  readonly left: number;
  readonly limited: boolean;
}

const count = z.coerce.number().int().min(0).default(0);
const kept = z.object({
  by: z.string(),
  state: z.enum(['going', 'done', 'back']),
  began: count,
  batch: count,
  cursor: z.string().default('0'),
  run: z.string().default(''),
  evicted: count,
  left: count,
  limited: z.string().default('no'),
});

/** Reads how far a run is; undefined when it was never begun. */
export async function readRun({ redis }: CacheServer, { note }: NoteKeys): Promise<Run | undefined> {
  const read = kept.safeParse(await redis.hgetall(note));
  return read.success ? { ...read.data, limited: read.data.limited === 'yes' } : undefined;
}

/** Reads how often an eviction of these keys was begun. */
export async function readRuns({ redis }: CacheServer, selection: Selection): Promise<string> {
  const read = await redis.get(headOf(selection));
  return read !== null && /^\d+$/.test(read) ? read : '0';
}

/** Gives the bytes of a key that is kept as text. */
export function bytesOf(key: string): Buffer {
  return Buffer.from(key, 'latin1');
}

/** Says a key so that people can read it, whatever its bytes are. */
export function sayKey(key: string): string {
  const text = bytesOf(key).toString('utf8');
  const plain = text.includes('\uFFFD') ? key : text;
  return plain.slice(0, 200).replaceAll(/\p{Cc}/gu, '?');
}
