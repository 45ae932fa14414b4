import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { CLIENTS, latencies, printFelt, type ClientWork } from './bench-clients.js';
import { startCacheRedis, type CacheRedis } from './cache-redis.js';
import { killWhenGone } from './guardian.js';
import { rigProgram } from './project.js';

/**
 * `npm run bench -- eviction`: what evicting stale keys from a Redis costs those who use it. The eviction is a process of
 * its own, whose memory is measured.
 */
const MIB = 1024 * 1024;
const USED = 100_000;
const FILL = 5_000;

const memorySchema = z.object({ rss: z.number(), heap: z.number() });
const reportSchema = memorySchema.extend({ done: z.boolean() });

/** Stale keys that nobody has used for a day. */
const STALE = `
redis.call('SET', 'stale:pattern', 'what was kept here ' .. string.rep('.', 60))
local dump = redis.call('DUMP', 'stale:pattern')
redis.call('DEL', 'stale:pattern')
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  redis.call('RESTORE', 'stale:' .. i, 0, dump, 'IDLETIME', 86400)
end
return 1`;

/** Keys that the clients use. */
const FRESH = `
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do redis.call('SET', 'key:' .. i, 'value of ' .. i) end
return 1`;

const work: ClientWork = { key: () => `key:${1 + Math.floor(Math.random() * USED)}` };

/** Runs the benchmark with what stands behind `eviction` on the command line, and prints what it measured. */
export async function benchEviction(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      keys: { type: 'string', default: '1000000' },
      rate: { type: 'string', default: '10000' },
      seconds: { type: 'string', default: '4' },
    },
  });
  const [keys, rate, phaseMs] = [Number(values.keys), Number(values.rate), Number(values.seconds) * 1_000];
  const cache = await startCacheRedis();
  const children: ChildProcess[] = [];
  try {
    await fill(cache, STALE, keys);
    await fill(cache, FRESH, USED);
    const child = fork(rigProgram('evicting.js'), [String(cache.port), String(rate)], { detached: true });
    children.push(child);
    if (child.pid !== undefined) killWhenGone(child.pid);
    const rest = memorySchema.parse((await once(child, 'message'))[0]);
    await once(child, 'message');
    console.log(
      `${keys.toLocaleString('en-US')} stale keys beside ${USED.toLocaleString('en-US')} used ones, evicted at no more than ${rate.toLocaleString('en-US')} keys/s; ${CLIENTS} clients, phases of ${phaseMs / 1_000} s in turn.`,
    );
    const at = { host: '127.0.0.1', port: cache.port };
    const [without, during]: [number[][], number[][]] = [[], []];
    let [report, spent] = [{ ...rest, done: false }, 0];
    do {
      without.push(await latencies(at, work, pause(phaseMs)));
      const begun = performance.now();
      const slice = once(child, 'message');
      child.send({ forMs: phaseMs });
      during.push(await latencies(at, work, slice));
      report = reportSchema.parse((await slice)[0]);
      spent += performance.now() - begun;
    } while (!report.done);
    printFelt('an eviction', without, during);
    console.log('\nmemory of the evicting process, over what it had before it planned');
    console.log(`  additional resident memory ${((report.rss - rest.rss) / MIB).toFixed(1)} MiB (wanted below 50)`);
    console.log(`  additional heap ${((report.heap - rest.heap) / MIB).toFixed(1)} MiB at the most, before collection`);
    await tellOutcome(cache, keys, spent);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await cache.stop();
  }
}

async function fill({ redis }: CacheRedis, script: string, keys: number): Promise<void> {
  for (let i = 1; i <= keys; i += FILL) await redis.eval(script, 0, String(i), String(Math.min(keys, i + FILL - 1)));
}

async function tellOutcome({ redis }: CacheRedis, keys: number, spentMs: number): Promise<void> {
  const notes = await redis.keys('firebreak:evicted:*');
  const left = (await redis.dbsize()) - notes.length - USED;
  const perSecond = Math.round(((keys - left) * 1_000) / spentMs).toLocaleString('en-US');
  console.log(
    `\nevicted ${(keys - left).toLocaleString('en-US')} keys, ${left} of them are left; ${perSecond} keys/s, with ${USED.toLocaleString('en-US')} used keys untouched`,
  );
}
