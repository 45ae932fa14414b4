import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { CLIENTS, latencies, printFelt, type ClientWork } from './bench-clients.js';
import { killWhenGone } from './guardian.js';
import { rigProgram } from './project.js';
import { untilCaughtUp } from './redis-pair-state.js';
import { startRedisPair } from './redis-pair.js';

/**
 * `npm run bench -- comparison`: what comparing both sides of a Redis pair costs. The comparison is a process of its own,
 * whose memory is measured.
 */
const MIB = 1024 * 1024;

const memorySchema = z.object({ rss: z.number(), heap: z.number() });
const reportSchema = memorySchema.extend({
  done: z.boolean(),
  looked: z.number(),
  counts: z.object({
    match: z.number(),
    mismatch: z.number(),
    missingHere: z.number(),
    missingThere: z.number(),
    unsettled: z.number(),
  }),
});

/** Each key by its number: seven of ten are texts, the others hashes, lists, sets and sorted sets; some have an end of life. */
const FILL = `
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  local key, kind = 'key:' .. i, i % 20
  if kind < 14 then redis.call('SET', key, 'value of ' .. i .. string.rep('.', i % 80))
  elseif kind < 17 then redis.call('HSET', key, 'name', 'n' .. i, 'count', i, 'note', string.rep('-', i % 40))
  elseif kind == 17 then redis.call('RPUSH', key, i, i + 1, i + 2)
  elseif kind == 18 then redis.call('SADD', key, i, 'a', 'b')
  else redis.call('ZADD', key, i, 'first', i / 7, 'second') end
  if i % 25 == 0 then redis.call('PEXPIRE', key, 86400000) end
end
return 1`;

/** Runs the benchmark with what stands behind `comparison` on the command line, and prints what it measured. */
export async function benchComparison(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      keys: { type: 'string', default: '1000000' },
      rate: { type: 'string', default: '10000' },
      seconds: { type: 'string', default: '4' },
    },
  });
  const [keys, rate, phaseMs] = [Number(values.keys), Number(values.rate), Number(values.seconds) * 1_000];
  const pair = await startRedisPair();
  const children: ChildProcess[] = [];
  try {
    for (let i = 1; i <= keys; i += 5_000)
      await pair.a.redis.eval(FILL, 0, String(i), String(Math.min(keys, i + 4_999)));
    await untilCaughtUp(pair);
    const child = fork(rigProgram('comparing.js'), [String(pair.a.port), String(pair.b.port)], { detached: true });
    children.push(child);
    if (child.pid !== undefined) killWhenGone(child.pid);
    const rest = memorySchema.parse((await once(child, 'message'))[0]);
    console.log(
      `${keys.toLocaleString('en-US')} keys on each side, compared at no more than ${rate.toLocaleString('en-US')} keys/s; ${CLIENTS} clients, phases of ${phaseMs / 1_000} s in turn.`,
    );
    const without: number[][] = [];
    const during: number[][] = [];
    let report;
    do {
      without.push(await latencies(pair.a, texts(keys), pause(phaseMs)));
      const slice = once(child, 'message');
      child.send({ forMs: phaseMs, keysPerSecond: rate });
      during.push(await latencies(pair.a, texts(keys), slice));
      report = reportSchema.parse((await slice)[0]);
    } while (!report.done);
    print(without, during, rest, report);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await pair.stop();
  }
}

/** Texts only, spread over all keys. */
const texts = (keys: number): ClientWork => ({
  key: (client, i) => `key:${Math.floor(Math.random() * (keys / 20)) * 20 + 1 + ((client + i) % 12)}`,
});

function print(
  without: readonly number[][],
  during: readonly number[][],
  rest: z.infer<typeof memorySchema>,
  report: z.infer<typeof reportSchema>,
): void {
  printFelt('a comparison', without, during);
  console.log('\nmemory of the comparing process, over what it had before it began');
  console.log(`  additional resident memory ${((report.rss - rest.rss) / MIB).toFixed(1)} MiB (wanted below 100)`);
  console.log(`  additional heap ${((report.heap - rest.heap) / MIB).toFixed(1)} MiB at the most, before collection`);
  const found = Object.entries(report.counts).map(([name, count]) => `${name} ${count.toLocaleString('en-US')}`);
  console.log(`\nfound: ${found.join(', ')}; ${report.looked.toLocaleString('en-US')} keys looked at on both sides`);
}
