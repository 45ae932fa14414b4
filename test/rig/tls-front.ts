import { connect, type Socket } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';

/** Somebody who takes TLS off, so that those behind can look into what is said and meddle with it. */
export interface TlsFront {
  readonly port: number;
  /** New connections lead to this `host:port` from now on. */
  readonly leadTo: (address: string) => void;
  readonly stop: () => Promise<void>;
}

/** Starts one that leads nowhere yet. */
export async function startTlsFront(tls: TlsOptions): Promise<TlsFront> {
  let [host = '', port = 0]: [string?, number?] = [];
  const open = new Set<Socket>();
  const server = createServer(tls, (client) => {
    const beyond = connect({ host, port });
    for (const [one, other] of [
      [client, beyond],
      [beyond, client],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => (open.delete(one), other.end()));
      one.pipe(other);
    }
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('the front listens on no port');
  return {
    port: at.port,
    leadTo: (address) => {
      const [name = '', number = '0'] = address.split(':');
      [host, port] = [name, Number(number)];
    },
    stop: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
