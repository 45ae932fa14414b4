import { connect } from 'node:net';
import { PluginError } from '../../../src/plugin-sdk/index.js';

/** What came of asking for a connection. */
export type SynAnswer =
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'refused'; readonly code: string }
  /** It was never asked: something is missing on this machine. */
  | { readonly kind: 'not-asked'; readonly code: string };

/** Answers of somebody out there, or of a router on the way: the endpoint can't be used. */
const REFUSALS = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ETIMEDOUT', 'EHOSTDOWN']);

/**
 * Asks for a TCP connection, and hangs up as soon as there is one.
 *
 * @param timeoutMs how long the acknowledgement may take
 * @throws PluginError `aborted`
 */
export function synAnswer(
  to: { readonly host: string; readonly port: number },
  timeoutMs: number,
  signal: AbortSignal,
): Promise<SynAnswer> {
  if (signal.aborted) return Promise.reject(brokenOff(to.host));
  return new Promise((resolve, reject) => {
    const socket = connect({ ...to, autoSelectFamily: false });
    const abort = () => settle(() => reject(brokenOff(to.host)));
    const timer = setTimeout(() => settle(() => resolve({ kind: 'silent' })), timeoutMs);
    const settle = (say: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.resetAndDestroy();
      say();
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('connect', () => settle(() => resolve({ kind: 'acknowledged' })));
    socket.on('error', (error) => {
      const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
      settle(() => resolve({ kind: REFUSALS.has(code) ? 'refused' : 'not-asked', code }));
    });
  });
}

function brokenOff(host: string): PluginError {
  return new PluginError('aborted', `${host} was not waited for: the call was broken off`);
}
