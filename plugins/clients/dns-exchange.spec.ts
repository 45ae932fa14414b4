import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { DnsServer } from './dns-server.js';

let server: Server | undefined;
afterEach(() => void server?.close());

const never = new AbortController().signal;

/** A server that does with each connection what it is told. */
async function target(answer: (socket: Socket) => void, timeoutMs = 2_000): Promise<DnsServer> {
  const made = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  const address = made.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return new DnsServer({ name: 'ns', at: { host: '127.0.0.1', port }, zone: 'example.test', timeoutMs });
}

describe('a name server that does not answer as it should', () => {
  it.each([
    ['says nothing', 'timed-out', true, () => {}],
    ['hangs up', 'cut-off', true, (socket: Socket) => socket.end()],
    ['hangs up in the middle', 'cut-off', true, (socket: Socket) => socket.end(Buffer.from([0, 12, 1, 2]))],
    ['says less than a header', 'not-understood', false, (socket: Socket) => socket.end(Buffer.from([0, 2, 1, 2]))],
    [
      'says something else',
      'not-understood',
      false,
      (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request'.repeat(999)),
    ],
  ])('that %s: %s', async (_, code, again, answer) => {
    const asked = await target(answer, code === 'timed-out' ? 200 : 2_000);
    await expect(asked.version(never)).rejects.toMatchObject({ code, again });
  });

  it('is given up at once when the call is aborted', async () => {
    const asked = await target(() => {}, 10_000);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    const start = performance.now();
    await expect(asked.version(abort.signal)).rejects.toMatchObject({ code: 'aborted' });
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('is not believed when it answers another message', async () => {
    const asked = await target((socket) => {
      const answer = Buffer.alloc(14);
      answer.writeUInt16BE(12, 0);
      answer.writeUInt16BE(0x8400, 4); // an answer, with authority, to nothing
      socket.end(answer);
    });
    await expect(asked.version(never)).rejects.toMatchObject({ code: 'not-understood' });
  });
});
