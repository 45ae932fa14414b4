import { createHash } from 'node:crypto';
import type { ChainableCommander, Redis } from 'ioredis';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import { smallPrintsOf } from './redis-small.js';
import type { Print } from './sides.js';

/** How much of a value is read at once, in bytes or elements: no value is so large that it must fit into memory. */
const BYTES = 65_536;
const ELEMENTS = 500;

type Arguments = readonly (string | Buffer)[];

/**
 * Makes what stands for the values of some keys.
 *
 * @param scripted whether both sides let scripts read: what stands for a value must be made in the same way on both
 * @param now by which times to live become times of death, in milliseconds
 */
export async function printsOf(
  redis: Redis,
  keys: readonly Buffer[],
  scripted: boolean,
  now: number,
): Promise<(Print | null)[]> {
  if (!scripted) return readPrintsOf(redis, keys, now);
  const small = await smallPrintsOf(redis, keys);
  const large = keys.filter((_, i) => small[i]?.is === 'large');
  const read = large.length === 0 ? [] : await readPrintsOf(redis, large, now);
  let at = 0;
  return small.map((one) => {
    if (one.is === 'none') return null;
    if (one.is === 'small') return one.ttl < 0 ? { digest: one.digest } : { digest: one.digest, until: now + one.ttl };
    at += 1;
    return read[at - 1] ?? null;
  });
}

/**
 * Makes what stands for the values of some keys by reading them, by their types: DUMP would tell two servers apart that only keep the
 * same value in different ways.
 *
 * @param now by which times to live become times of death, in milliseconds
 */
async function readPrintsOf(redis: Redis, keys: readonly Buffer[], now: number): Promise<(Print | null)[]> {
  const told = await ask(
    redis,
    keys.flatMap((key): Arguments[] => [
      ['TYPE', key],
      ['PTTL', key],
    ]),
  );
  const readings = keys.map((key, i) => readingOf(String(told[2 * i]), key));
  const begun = await ask(
    redis,
    readings.flatMap((one) => (one === undefined ? [] : [one.command('0')])),
  );
  let at = 0;
  const prints: (Print | null)[] = [];
  for (const [i, reading] of readings.entries()) {
    if (reading === undefined) {
      prints.push(null);
      continue;
    }
    const digest = await digestOf(redis, reading, begun[at]);
    at += 1;
    const ttl = Number(told[2 * i + 1]);
    if (digest === null || ttl === -2) prints.push(null);
    else prints.push(ttl < 0 ? { digest } : { digest, until: now + ttl });
  }
  return prints;
}

/** Sends commands at once and gives their answers as bytes; one that is refused is an error. */
export async function ask(redis: Redis, commands: readonly Arguments[]): Promise<unknown[]> {
  if (commands.length === 0) return [];
  const pipeline: ChainableCommander = redis.pipeline();
  for (const [name = '', ...args] of commands) pipeline.callBuffer(String(name), ...args);
  const answers = (await pipeline.exec()) ?? [];
  return answers.map(([error, answer]) => {
    // A key may have become one of another type in between: then it has no value that could be equal.
    if (error !== null && error.message.startsWith('WRONGTYPE')) return undefined;
    if (error !== null) throw new PluginError('refused-by-target', error.message);
    return answer;
  });
}

/** How the value of one key is read piece by piece. */
interface Reading {
  readonly type: string;
  command(cursor: string): Arguments;
  /** Takes a piece in, and says where the next one begins; undefined when that was all. */
  take(answer: unknown, fold: Fold, cursor: string): string | undefined;
}

async function digestOf(redis: Redis, reading: Reading, first: unknown): Promise<string | null> {
  const fold = new Fold(reading.type);
  let answer = first;
  let cursor = '0';
  for (;;) {
    if (answer === undefined || answer === null) return null;
    const next = reading.take(answer, fold, cursor);
    if (next === undefined) return fold.empty ? null : fold.digest();
    cursor = next;
    [answer] = await ask(redis, [reading.command(cursor)]);
  }
}

function readingOf(type: string, key: Buffer): Reading | undefined {
  switch (type) {
    case 'none':
      return undefined;
    case 'string':
      return inPieces(type, BYTES, (from, to) => ['GETRANGE', key, from, to]);
    case 'list':
      return inPieces(type, ELEMENTS, (from, to) => ['LRANGE', key, from, to]);
    case 'hash':
      return scanned(type, 'HSCAN', key, 2);
    case 'zset':
      return scanned(type, 'ZSCAN', key, 2);
    case 'set':
      return scanned(type, 'SSCAN', key, 1);
    case 'stream':
      return streamed(key);
    // Types of modules: how they are kept is all that can be compared.
    default: {
      const take = (answer: unknown, fold: Fold): undefined => fold.inOrder(answer);
      return { type, command: () => ['DUMP', key], take };
    }
  }
}

function inPieces(type: string, size: number, command: (from: string, to: string) => Arguments): Reading {
  return {
    type,
    command: (cursor) => command(cursor, String(Number(cursor) + size - 1)),
    take(answer, fold, cursor) {
      const length = Buffer.isBuffer(answer) || Array.isArray(answer) ? answer.length : 0;
      fold.inOrder(answer);
      // An empty text is a value; an empty list is none.
      if (type === 'string') fold.empty = false;
      return length < size ? undefined : String(Number(cursor) + size);
    },
  };
}

/** What comes in no order: each entry is hashed by itself, and all of them are put together in a way that has none. */
function scanned(type: string, name: string, key: Buffer, width: number): Reading {
  return {
    type,
    command: (cursor) => [name, key, cursor, 'COUNT', String(ELEMENTS)],
    take(answer, fold) {
      const parts: readonly unknown[] = Array.isArray(answer) ? answer : [];
      const [cursor, entries] = [parts[0], parts[1]];
      if (Array.isArray(entries))
        for (let i = 0; i < entries.length; i += width) fold.inNoOrder(entries.slice(i, i + width));
      return String(cursor) === '0' ? undefined : String(cursor);
    },
  };
}

function streamed(key: Buffer): Reading {
  return {
    type: 'stream',
    command: (cursor) => ['XRANGE', key, cursor === '0' ? '-' : `(${cursor}`, '+', 'COUNT', String(ELEMENTS)],
    take(answer, fold) {
      fold.inOrder(answer);
      // A stream without entries is a key all the same.
      fold.empty = false;
      const last: unknown = Array.isArray(answer) && answer.length === ELEMENTS ? answer.at(-1) : undefined;
      return Array.isArray(last) ? String(last[0]) : undefined;
    },
  };
}

/** Puts the pieces of one value together. */
class Fold {
  empty = true;
  private readonly ordered = createHash('sha1');
  private readonly unordered = Buffer.alloc(20);
  private entries = 0;

  constructor(private readonly type: string) {}

  inOrder(piece: unknown): undefined {
    feed(this.ordered, piece);
    if (Array.isArray(piece) ? piece.length > 0 : true) this.empty = false;
  }

  inNoOrder(entry: readonly unknown[]): void {
    const hash = createHash('sha1');
    feed(hash, entry);
    const bytes = hash.digest();
    for (let i = 0; i < bytes.length; i += 1) this.unordered[i] = (this.unordered[i] ?? 0) ^ (bytes[i] ?? 0);
    this.entries += 1;
    this.empty = false;
  }

  digest(): string {
    this.ordered.update(this.unordered);
    return `${this.type}:${this.entries}:${this.ordered.digest('base64')}`;
  }
}

/** With the lengths of the parts, so that ["ab", "c"] is not ["a", "bc"]; pieces of one text flow into one another. */
function feed(hash: ReturnType<typeof createHash>, value: unknown): void {
  if (Buffer.isBuffer(value)) hash.update(value);
  else if (Array.isArray(value)) {
    for (const one of value) {
      hash.update(`${Buffer.isBuffer(one) || Array.isArray(one) ? one.length : 0};`);
      feed(hash, one);
    }
  }
}
