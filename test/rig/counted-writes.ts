import { connect, createServer, type NetConnectOpts } from 'node:net';
import { freePort } from './processes.js';

/** A way to a server that counts what goes through it. */
export interface CountedWrites {
  /** `host:port` to use in place of the server. */
  readonly endpoint: string;
  /** How many writes were sent so far. */
  readonly writes: () => number;
  readonly stop: () => void;
}

/**
 * Stands between a client and a server and counts the commands that write.
 *
 * @param to where the server is
 * @param command what a write looks like; needs the flag `g`
 */
export async function countWrites(to: NetConnectOpts, command: RegExp): Promise<CountedWrites> {
  let writes = 0;
  const server = createServer((client) => {
    const target = connect(to);
    client.on('data', (chunk) => (writes += chunk.toString().match(command)?.length ?? 0));
    client.pipe(target).pipe(client);
    client.on('error', () => target.destroy());
    target.on('error', () => client.destroy());
  });
  const own = await freePort();
  await new Promise<void>((resolve) => server.listen(own, '127.0.0.1', resolve));
  return { endpoint: `127.0.0.1:${own}`, writes: () => writes, stop: () => void server.close() };
}
