import { connect, createServer, type Socket } from 'node:net';

/** What a proxy does with connections. */
export type Passage =
  /** Lets everything through. */
  | 'open'
  /** Drops everything in silence: connections are taken and hang. */
  | 'cut'
  /** Ends connections at once. */
  | 'refuse';

/** A TCP proxy on this machine whose passage can be changed while connections are open. */
export interface TcpProxy {
  readonly port: number;
  readonly set: (passage: Passage) => void;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a proxy on 127.0.0.1. What was under way when it is cut is lost; a connection that lived through a cut never
 * carries anything again, because a part of its stream is missing: it is ended when the proxy opens.
 *
 * @param target where connections are passed on to
 * @param delayMs how long every piece is kept in each direction
 */
export async function startTcpProxy(
  target: { readonly host: string; readonly port: number },
  delayMs = 0,
): Promise<TcpProxy> {
  let passage: Passage = 'open';
  const pairs = new Set<readonly Socket[]>();
  const damaged = new Set<readonly Socket[]>();
  const end = (pair: readonly Socket[]): void => {
    pairs.delete(pair);
    damaged.delete(pair);
    for (const socket of pair) socket.destroy();
  };
  const server = createServer((incoming) => {
    if (passage === 'refuse') {
      incoming.destroy();
      return;
    }
    const outgoing = connect(target);
    const pair = [incoming, outgoing] as const;
    pairs.add(pair);
    if (passage === 'cut') damaged.add(pair);
    const pass = (from: Socket, to: Socket): void => {
      from.on('data', (chunk) => {
        if (passage === 'cut' || damaged.has(pair)) damaged.add(pair);
        else if (delayMs === 0) to.write(chunk);
        else setTimeout(() => to.writable && to.write(chunk), delayMs);
      });
      // Also the end of a connection does not come through a cut.
      from.on('close', () => (passage === 'cut' ? damaged.add(pair) : setTimeout(() => end(pair), delayMs)));
      from.on('error', () => undefined);
    };
    pass(incoming, outgoing);
    pass(outgoing, incoming);
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port was given'));
      else resolve(address.port);
    });
  });
  return {
    port,
    set: (next) => {
      passage = next;
      if (next === 'refuse') [...pairs].forEach(end);
      if (next === 'open') [...damaged].forEach(end);
    },
    stop: async () => {
      [...pairs].forEach(end);
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
