import type { Redis } from 'ioredis';
import { sha1Hex } from '../../src/engine/audit.js';
import { anExecution } from '../../src/testing/examples.js';

/** What all keys of the tests begin with. */
export const P = '{fb}:';
/** When everything in them happens. */
export const NOW = Date.parse('2033-05-18T00:00:00Z');

/** Something that somebody does to Redis behind Firebreak's back, and the sentence that must come of it. */
export type Tampering = readonly [what: string, mistake: RegExp, tamper: (redis: Redis) => Promise<unknown>];

/** Of a fixture with these records: 1 opened e1, 2 opened e2, 3 planned e1, 4 pause, 5 approved e1, 6 cancelled e2, 7 lifted. */
export const TAMPERINGS: readonly Tampering[] = [
  ['an event was changed', /entry 3 of the journal of e1 is another/, (redis) => edit(redis, 'e1', 2, 'ada', 'eve')],
  [
    'the time of an event was changed',
    /entry 2 of the journal of e1 is another/,
    (redis) => edit(redis, 'e1', 1, `"at":${NOW}`, '"at":1'),
  ],
  [
    'the place of an event was changed',
    /entry 2 of the journal of e1 is none/,
    (redis) => edit(redis, 'e1', 1, '"seq":2', '"seq":3'),
  ],
  [
    'the opening was changed',
    /entry 1 of the journal of e2 is another/,
    (redis) => edit(redis, 'e2', 0, 'traffic/shop', 'traffic/hop'),
  ],
  [
    'the last event was deleted',
    /entry 3 of the journal of e1 is missing, of which record 5 tells/,
    (redis) => redis.rpop(`${P}j:e1`),
  ],
  ['the first event was deleted', /entry 1 of the journal of e1 is none/, (redis) => redis.lpop(`${P}j:e1`)],
  [
    'an event was added',
    /entry 4 of the journal of e1 has no record/,
    (redis) => redis.rpush(`${P}j:e1`, '{"seq":4,"at":1,"event":{}}'),
  ],
  [
    'something that is no event was added',
    /entry 4 of the journal of e1 is none/,
    (redis) => redis.rpush(`${P}j:e1`, 'x'),
  ],
  ['two events were exchanged', /entry 2 of the journal of e1 is none/, (redis) => exchange(redis)],
  ['a journal was deleted', /the journal of e2 is missing, of which record 2 tells/, (redis) => redis.del(`${P}j:e2`)],
  ['an execution was made up', /entry 1 of the journal of e9 has no record/, (redis) => forge(redis)],
  [
    'a record was changed',
    /record 4 does not fit/,
    (redis) =>
      rewrite(redis, (all) => all.map((one) => (one.n === 4 ? { ...one, text: one.text.replace('ada', 'eve') } : one))),
  ],
  [
    'a hash was changed',
    /record 4 does not fit/,
    (redis) => rewrite(redis, (all) => all.map((one) => (one.n === 4 ? { ...one, hash: 'f'.repeat(40) } : one))),
  ],
  ['a record was deleted', /record 4 is missing: after 3 comes 5/, (redis) => redis.xdel(`${P}audit`, '4-0')],
  [
    'the first record was deleted',
    /record 1 is missing, although fewer than 200 are kept/,
    (redis) => redis.xdel(`${P}audit`, '1-0'),
  ],
  [
    'the last record was deleted',
    /the chain ends with record 6, but 7 were written/,
    (redis) => redis.xdel(`${P}audit`, '7-0'),
  ],
  ['two records were exchanged', /record 3 does not fit/, (redis) => rewrite(redis, exchanged)],
  ['a record was inserted', /what stands behind record 4 is no record/, (redis) => insert(redis)],
  [
    'a record was added',
    /the head names 7 as the last record, but there are records up to 8/,
    (redis) => add(redis, '"n":8,"what":"pause-lifted","of":"p1"', false),
  ],
  [
    'a record with another number was added',
    /record 8 cannot be read as one/,
    (redis) => add(redis, '"n":9,"what":"pause-lifted","of":"p1"'),
  ],
  [
    'a record of something that never happened was added',
    /entry 4 of the journal of e1 is missing, of which record 8 tells/,
    (redis) => add(redis, '"n":8,"what":"accepted","of":"e1","seq":4'),
  ],
  [
    'a second record of an event was added',
    /records 3 and 8 are both of entry 2 of e1/,
    (redis) => add(redis, '"n":8,"what":"planned","of":"e1","seq":2'),
  ],
  ['all records were deleted', /the chain ends with record 0, but 7 were written/, (redis) => redis.del(`${P}audit`)],
  [
    'all records and the head were deleted',
    /entry 1 of the journal of e2 has no record/,
    (redis) => redis.del(`${P}audit`, `${P}audit:head`),
  ],
  [
    'the head was deleted',
    /the head names 0 as the last record, but there are records up to 7/,
    (redis) => redis.del(`${P}audit:head`),
  ],
  ['the head was set back', /the head names 5 as the last record/, (redis) => redis.hset(`${P}audit:head`, 'n', 5)],
  [
    'the head was set ahead',
    /the chain ends with record 7, but 9 were written/,
    (redis) => redis.hset(`${P}audit:head`, 'n', 9),
  ],
  [
    'the hash of the head was changed',
    /the head does not fit record 7/,
    (redis) => redis.hset(`${P}audit:head`, 'h', 'x'),
  ],
  [
    'the head was made unreadable',
    /the head of the chain cannot be read/,
    (redis) => redis.hset(`${P}audit:head`, 'n', 'x'),
  ],
];

/** One record of the chain. */
export interface Link {
  readonly n: number;
  readonly text: string;
  readonly hash: string;
}

/** Gives the same bytes but for one bit. */
export function flipped(bytes: Buffer, i: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[i] = (copy[i] ?? 0) ^ 1;
  return copy;
}

async function edit(redis: Redis, id: string, index: number, from: string, to: string): Promise<void> {
  const line = (await redis.lindex(`${P}j:${id}`, index)) ?? '';
  if (!line.includes(from)) throw new Error(`${line} does not hold ${from}`);
  await redis.lset(`${P}j:${id}`, index, line.replace(from, to));
}

async function exchange(redis: Redis): Promise<void> {
  const [, two = '', three = ''] = await redis.lrange(`${P}j:e1`, 0, -1);
  await redis.lset(`${P}j:e1`, 1, three);
  await redis.lset(`${P}j:e1`, 2, two);
}

async function forge(redis: Redis): Promise<void> {
  const record = JSON.stringify(anExecution({ id: 'e9' }, NOW));
  await redis.hset(`${P}x:e9`, 'r', record, 'v', 1, 'p', 'planning');
  await redis.rpush(`${P}j:e9`, `{"seq":1,"at":${NOW},"event":{"type":"opened","execution":${record}}}`);
  await redis.zadd(`${P}all`, NOW, 'e9');
}

/** Writes the stream anew; whoever can do that can do anything but find a second text with the same hash. */
export async function rewrite(redis: Redis, change: (all: readonly Link[]) => readonly Link[]): Promise<void> {
  const kept = await redis.xrange(`${P}audit`, '-', '+');
  const all = kept.map(([id, [, text = '', , hash = '']]) => ({ n: Number.parseInt(id), text, hash }));
  await redis.del(`${P}audit`);
  for (const { n, text, hash } of change(all)) await redis.xadd(`${P}audit`, `${n}-0`, 'a', text, 'h', hash);
}

function exchanged(all: readonly Link[]): Link[] {
  return all.map((one) => {
    const other = all.find(({ n }) => n === 7 - one.n) ?? one;
    return one.n === 3 || one.n === 4 ? { ...other, n: one.n } : one;
  });
}

async function insert(redis: Redis): Promise<void> {
  const [four, five] = await redis.xrange(`${P}audit`, '4-0', '5-0');
  if (four === undefined || five === undefined) throw new Error('the fixture has changed');
  const after = await redis.xrange(`${P}audit`, '5-0', '+');
  for (const [id] of after) await redis.xdel(`${P}audit`, id);
  await redis.xsetid(`${P}audit`, '4-0');
  await redis.xadd(`${P}audit`, '4-1', ...four[1]);
  for (const [id, fields] of after) await redis.xadd(`${P}audit`, id, ...fields);
}

/** Adds a record that fits the chain; with `head` as if Firebreak had. */
async function add(redis: Redis, rest: string, head = true): Promise<void> {
  const hash = (await redis.hget(`${P}audit:head`, 'h')) ?? '';
  const text = `{"at":${NOW},${rest}}`;
  await redis.xadd(`${P}audit`, '8-0', 'a', text, 'h', sha1Hex(hash + text));
  if (head) await redis.hset(`${P}audit:head`, 'n', 8, 'h', sha1Hex(hash + text));
}
