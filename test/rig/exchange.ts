import { connect, type NetConnectOpts } from 'node:net';

/**
 * Sends one text over a TCP or unix socket and gives everything that comes back until the other side closes.
 *
 * @param to an address such as `{ host, port }` or `{ path }`
 * @param text what is sent, line ends included
 */
export function exchange(to: NetConnectOpts, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ ...to, timeout: 15_000 }, () => socket.write(text));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.on('timeout', () => socket.destroy(new Error('no answer within 15 s')));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

/** Tells whether a GET of the address is answered with 2xx. */
export async function answersOk(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  await answer.arrayBuffer();
  return answer.ok;
}
