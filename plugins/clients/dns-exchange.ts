import { connect, type NetConnectOpts } from 'node:net';
import { PluginError } from '../../src/plugin-sdk/index.js';

/** Whom to ask, what it is called in errors, and how long all of it may take, in milliseconds. */
export interface DnsPeer {
  readonly name: string;
  readonly at: NetConnectOpts;
  readonly timeoutMs: number;
}

/**
 * Sends one DNS message over a TCP connection of its own and gives the one that comes back. TCP only: nothing is truncated,
 * and nobody can answer who does not stand in the way. Whether an update took is unknown after an error.
 *
 * @param signal breaks it off
 * @throws PluginError `target-unreachable`, `timed-out`, `cut-off` or `aborted`
 */
export function exchangeDns(peer: DnsPeer, message: Buffer, signal: AbortSignal): Promise<Buffer> {
  const { name, at, timeoutMs } = peer;
  return new Promise((resolve, reject) => {
    const aborted = () => new PluginError('aborted', `${name} was not waited for: the call was broken off`);
    if (signal.aborted) return reject(aborted());
    let received: Buffer = Buffer.alloc(0);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    const socket = connect(at, () => socket.write(Buffer.concat([length, message])));
    const stop = () => socket.destroy(aborted());
    const late = () => socket.destroy(new PluginError('timed-out', `${name} did not answer within ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      resolve(received.subarray(2, 2 + received.readUInt16BE(0)));
      socket.destroy();
    });
    socket.on('error', (error) => reject(error instanceof PluginError ? error : unreachable(name, error)));
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      reject(new PluginError('cut-off', `${name} closed the connection before its answer was complete`));
    });
  });
}

function unreachable(name: string, error: Error): PluginError {
  const reason = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return new PluginError('target-unreachable', `${name} can't be reached: ${reason}`);
}
