import { connect, createServer } from 'node:net';

/** A relay in front of a server that writes down what clients say to it. */
export interface Tap {
  /** `host:port` to connect to. */
  readonly address: string;
  /** Every line that clients have sent, in order. */
  readonly said: () => readonly string[];
  readonly stop: () => Promise<void>;
}

/** Starts a relay to `host:port`; it changes nothing. */
export async function startTap(target: string): Promise<Tap> {
  const [host = '127.0.0.1', port = '0'] = target.split(':');
  let text = '';
  const server = createServer((client) => {
    const beyond = connect({ host, port: Number(port) });
    client.on('data', (chunk) => {
      text += chunk.toString();
      beyond.write(chunk);
    });
    client.on('end', () => beyond.end());
    beyond.pipe(client);
    client.on('error', () => beyond.destroy());
    beyond.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay got no port');
  return {
    address: `127.0.0.1:${address.port}`,
    said: () => text.split('\n').filter((line) => line !== ''),
    stop: async () => {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
