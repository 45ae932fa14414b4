import type { Agent } from 'undici';
import { exchange } from '../clients/http.js';
import { PluginError, type Message } from '../../src/plugin-sdk/index.js';

/** Where a message goes; `timeout` is in milliseconds. */
export interface Receiver {
  readonly name: string;
  readonly url: string;
  readonly token?: string | undefined;
  readonly timeout: number;
}

/**
 * Posts a message as JSON. Repeatable: the same message has the same `Idempotency-Key`, so that a receiver that knows
 * such keys tells people once.
 *
 * @throws PluginError when the receiver can't be reached or answers with anything but 2xx
 */
export async function post(agent: Agent, to: Receiver, message: Message, signal: AbortSignal): Promise<void> {
  const body = JSON.stringify(message);
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': message.id,
    ...(to.token === undefined ? {} : { authorization: `Bearer ${to.token}` }),
  };
  const { name, url, timeout: timeoutMs } = to;
  const { status } = await exchange(
    agent,
    { name, method: 'POST', url, headers, body, timeoutMs, statusOnly: true },
    signal,
  );
  if (status >= 200 && status < 300) return;
  if (status >= 300 && status < 400) {
    throw new PluginError(
      'redirected',
      `${to.name} answered ${status}: redirects are not followed, configure its final address`,
      false,
    );
  }
  const again = status >= 500 || [408, 425, 429].includes(status);
  throw new PluginError(again ? 'target-failed' : 'refused-by-target', `${to.name} answered ${status}`, again);
}
