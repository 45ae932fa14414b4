import { connect, createServer, type Socket } from 'node:net';

/** A relay in front of a server that writes down what clients say to it. */
export interface Tap {
  /** `host:port` to connect to. */
  readonly address: string;
  /** Every line that clients have sent, in order. */
  readonly said: () => readonly string[];
  /** Lets nothing through any more, in either direction, and closes nothing: as when a cable is cut. */
  readonly cut: () => void;
  readonly stop: () => Promise<void>;
}

/** Starts a relay to `host:port`; it changes nothing. */
export async function startTap(target: string): Promise<Tap> {
  const [host = '127.0.0.1', port = '0'] = target.split(':');
  let text = '';
  let isCut = false;
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    const beyond = connect({ host, port: Number(port) });
    client.on('data', (chunk) => {
      if (isCut) return;
      text += chunk.toString();
      beyond.write(chunk);
    });
    client.on('end', () => beyond.end());
    beyond.on('data', (chunk) => {
      if (!isCut) client.write(chunk);
    });
    beyond.on('end', () => client.end());
    client.on('error', () => beyond.destroy());
    client.on('close', () => {
      clients.delete(client);
      beyond.destroy();
    });
    beyond.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay got no port');
  return {
    address: `127.0.0.1:${address.port}`,
    said: () => text.split('\n').filter((line) => line !== ''),
    cut: () => {
      isCut = true;
    },
    stop: async () => {
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
