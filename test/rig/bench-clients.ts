import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { percentile } from './figures.js';

/**
 * Clients of a Redis beside which something is done: what they feel, with it and without. Phases take turns, so that a
 * machine that becomes slower slows both.
 */
export const CLIENTS = 20;
const CLIENT_PAUSE_MS = 4;

/** Which commands the clients send: reads and, for each fifth, writes, of keys by number. */
export interface ClientWork {
  /** Gives the key of a client's `i`th command. */
  readonly key: (client: number, i: number) => string;
}

/** Lets clients read and write until something is over, and gives how long each command took, in milliseconds. */
export async function latencies(
  { host, port }: { readonly host: string; readonly port: number },
  { key }: ClientWork,
  over: Promise<unknown>,
): Promise<number[]> {
  const taken: number[] = [];
  let going = true;
  const end = (): void => void (going = false);
  over.then(end, end);
  const one = async (client: number): Promise<void> => {
    const redis = new Redis({ host, port });
    await redis.ping();
    for (let i = 0; going; i += 1) {
      const name = key(client, i);
      const begun = performance.now();
      if (i % 5 === 0) await redis.set(name, `written by ${client} as its ${i}th`);
      else await redis.get(name);
      taken.push(performance.now() - begun);
      await pause(CLIENT_PAUSE_MS);
    }
    redis.disconnect();
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, client) => one(client)));
  return taken;
}

/**
 * Prints what the clients felt, as medians over the phases.
 *
 * @param what is done in half of the phases, as in "a comparison"
 */
export function printFelt(what: string, without: readonly number[][], during: readonly number[][]): void {
  const line = (name: string, phases: readonly number[][]): number => {
    const p = (percent: number): number => median(phases.map((one) => percentile(one, percent) ?? 0));
    const commands = phases.reduce((sum, one) => sum + one.length, 0).toLocaleString('en-US');
    console.log(
      `  ${name.padEnd(22)}p50 ${p(50).toFixed(2).padStart(6)} ms   p99 ${p(99).toFixed(2).padStart(6)} ms   ${commands.padStart(9)} commands in ${phases.length} phases`,
    );
    return p(99);
  };
  console.log('\nwhat the clients felt (medians over the phases)');
  const quiet = line(`without ${what}`, without);
  const busy = line(`during ${what}`, during);
  console.log(`  p99 ratio ${(busy / quiet).toFixed(2)} (wanted at most 2)`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
