import { connect } from 'node:net';
import { PluginError } from '../../src/plugin-sdk/index.js';
import { socketAddress } from './socket-address.js';

const MAX_ANSWER = 4 * 1024 * 1024;

/**
 * Sends one line to HAProxy's runtime API over a connection of its own and gives the whole answer. Whether a write took
 * is unknown after an error.
 *
 * @param endpoint `host:port` or the path of a unix socket
 * @param line one command without a line end
 * @param timeoutMs for connecting and answering together, in milliseconds
 * @param signal breaks it off
 * @throws PluginError `target-unreachable`, `timed-out`, `cut-off` or `aborted`
 */
export function exchange(endpoint: string, line: string, timeoutMs: number, signal: AbortSignal): Promise<string> {
  const address = socketAddress(endpoint);
  return new Promise((resolve, reject) => {
    const aborted = () =>
      new PluginError('aborted', `HAProxy at ${endpoint} was not waited for: the call was broken off`);
    if (address === undefined)
      return reject(new PluginError('bad-endpoint', `${endpoint} is no host:port or socket path`, false));
    if (signal.aborted) return reject(aborted());
    let answer = '';
    const socket = connect(address, () => socket.write(`${line}\n`));
    const stop = () => socket.destroy(aborted());
    const late = () =>
      socket.destroy(new PluginError('timed-out', `HAProxy at ${endpoint} did not answer within ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      answer += chunk;
      if (answer.length > MAX_ANSWER)
        socket.destroy(new PluginError('cut-off', `HAProxy at ${endpoint} answers without end`));
    });
    socket.on('error', (error) => reject(error instanceof PluginError ? error : unreachable(endpoint, error)));
    socket.on('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      if (isComplete(answer)) resolve(answer);
      else
        reject(
          new PluginError('cut-off', `HAProxy at ${endpoint} closed the connection before its answer was complete`),
        );
    });
  });
}

/** HAProxy ends each answer with an empty line; one that has nothing to say is just that. */
function isComplete(answer: string): boolean {
  return answer === '\n' || answer.endsWith('\n\n');
}

function unreachable(endpoint: string, error: Error): PluginError {
  return new PluginError('target-unreachable', `HAProxy at ${endpoint} can't be reached: ${error.message}`);
}
