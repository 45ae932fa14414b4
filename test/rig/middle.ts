import { connect, createServer, type Socket } from 'node:net';

/** What somebody in the middle makes of a piece of a stream: another one, or nothing; it may take its time. */
export type Meddling = (piece: Buffer) => Buffer | undefined | Promise<Buffer | undefined>;

/** What becomes of requests and of answers; what is left out goes through as it is. */
export interface Meddlings {
  readonly request?: Meddling;
  readonly answer?: Meddling;
}

/** Somebody between a client and a server who can swallow, hold back and change what they say. */
export interface Middle {
  readonly host: string;
  readonly port: number;
  /** From now on, also on open connections. */
  readonly meddle: (how: Meddlings) => void;
  readonly stop: () => Promise<void>;
}

/** Starts a relay to `host:port` that lets everything through until it is told otherwise. */
export async function startMiddle(target: string): Promise<Middle> {
  const [host = '127.0.0.1', port = '0'] = target.split(':');
  let how: Meddlings = {};
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const beyond = connect({ host, port: Number(port) });
    const asked = pass(client, beyond, (piece) => (how.request ?? same)(piece));
    const answered = pass(beyond, client, (piece) => (how.answer ?? same)(piece));
    // The server does not learn that the client went away while something that it said is still under way.
    client.on('close', () => asked.held() || beyond.end());
    beyond.on('close', () => void answered.passed().then(() => client.end()));
    for (const socket of [client, beyond]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => open.delete(socket));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay got no port');
  return {
    host: '127.0.0.1',
    port: address.port,
    meddle: (next) => (how = next),
    stop: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const same: Meddling = (piece) => piece;

/** Pieces keep their order, also when one is held back. */
function pass(
  from: Socket,
  to: Socket,
  meddle: Meddling,
): { readonly held: () => boolean; readonly passed: () => Promise<unknown> } {
  let before: Promise<unknown> = Promise.resolve();
  let held = 0;
  from.on('data', (piece: Buffer) => {
    held += 1;
    before = before.then(async () => {
      const made = await meddle(piece);
      held -= 1;
      if (made !== undefined && to.writable) to.write(made);
    });
  });
  return { held: () => held > 0, passed: () => before };
}
