import { readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { z } from 'zod';

/** Is told whenever the switch may have been turned. */
export type Turn = (on: boolean) => void;

const AGAIN_MS = 100;

/** Says what the text of a switch means: only `false`, and a JSON object whose `enabled` is false, are off. */
export function isOn(text: string | null): boolean {
  if (text === null) return true;
  try {
    const said: unknown = JSON.parse(text);
    return !(said === false || off.safeParse(said).success);
  } catch {
    return true; // whoever writes rubbish does not turn the feature off
  }
}

const off = z.object({ enabled: z.literal(false) });

/** Follows one key of etcd by a watch; while etcd is away, what was last known holds. */
export async function followEtcd(url: string, key: string, turn: Turn): Promise<never> {
  const post = (path: string, body: object) => fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
  for (;;) {
    try {
      const { header, kvs } = ranged.parse(await (await post('/v3/kv/range', { key: base64(key) })).json());
      turn(isOn(kvs[0] === undefined ? null : fromBase64(kvs[0].value)));
      const create_request = { key: base64(key), start_revision: String(Number(header.revision) + 1) };
      const { body } = await post('/v3/watch', { create_request });
      for await (const line of linesOf(body ?? new ReadableStream<Uint8Array>()))
        for (const { type, kv } of watched.parse(JSON.parse(line)).result.events)
          turn(isOn(type === 'DELETE' ? null : fromBase64(kv.value)));
    } catch {
      // Away, or gone in the middle: it is asked anew.
    }
    await pause(AGAIN_MS);
  }
}

/** Follows one key of Redis, which itself tells when it was written (client-side caching); the rest as for etcd. */
export function followRedis(port: number, key: string, turn: Turn): void {
  // News come as messages only to whoever speaks the older protocol.
  const options = { host: '127.0.0.1', port, protocol: 2, retryStrategy: () => AGAIN_MS } as const;
  const asking = new Redis({ ...options, maxRetriesPerRequest: null });
  // Who has subscribed can't say its number any more.
  const told = new Redis({ ...options, autoResubscribe: false });
  for (const redis of [asking, told]) redis.on('error', () => undefined);
  let number: number | undefined;
  const read = async () => turn(isOn(await asking.get(key)));
  // Either of the two may be a new connection by now.
  const track = async () => {
    if (number === undefined) return;
    await asking.client('TRACKING', 'ON', 'REDIRECT', number);
    await read();
  };
  const listen = async () => {
    number = await told.client('ID');
    await told.subscribe('__redis__:invalidate');
    await track();
  };
  told.on('close', () => (number = undefined));
  told.on('message', () => void read().catch(() => undefined));
  told.on('ready', () => void listen().catch(() => told.disconnect(true)));
  asking.on('ready', () => void track().catch(() => asking.disconnect(true)));
}

/** Follows one flag in a file as flagd reads it; a file that can't be read changes nothing. */
export function followFile(path: string, flag: string, turn: Turn): void {
  const read = () => {
    try {
      const found = flags.parse(JSON.parse(readFileSync(path, 'utf8'))).flags[flag];
      turn(found?.state !== 'DISABLED' && found?.variants[found.defaultVariant] !== false);
    } catch {
      // In the middle of a write, or wrong: the next event tells.
    }
  };
  // The folder: what takes the file's place is another file.
  watch(dirname(path), (_, name) => name === basename(path) && read());
  read();
}

const ranged = z.object({
  header: z.object({ revision: z.string() }),
  kvs: z.array(z.object({ value: z.string().default('') })).default([]),
});
const event = z.object({ type: z.string().optional(), kv: z.object({ value: z.string().default('') }) });
const watched = z.object({ result: z.object({ events: z.array(event).default([]) }) });
const flags = z.object({
  flags: z.record(
    z.string(),
    z.object({ state: z.string(), variants: z.record(z.string(), z.unknown()), defaultVariant: z.string() }),
  ),
});

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const fromBase64 = (text: string) => Buffer.from(text, 'base64').toString('utf8');
