import type { Agent } from 'undici';
import { exchange, type HttpAnswer } from '../clients/http.js';
import { oneLine } from '../clients/one-line.js';
import { PluginError, type Message } from '../../src/plugin-sdk/index.js';
import { payloadOf } from './payload.js';

/** Where a message goes; `timeout` is in milliseconds. */
export interface Channel {
  readonly name: string;
  readonly url: string;
  readonly timeout: number;
  /** Whether people can approve and reject in Slack. */
  readonly buttons: boolean;
}

/**
 * Posts a message to an incoming webhook.
 *
 * @throws PluginError when Slack can't be reached or does not take it
 */
export async function post(agent: Agent, to: Channel, message: Message, signal: AbortSignal): Promise<void> {
  const { name, url, timeout: timeoutMs, buttons } = to;
  const body = JSON.stringify(payloadOf(message, buttons));
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const answer = await exchange(agent, { name, method: 'POST', url, headers, body, timeoutMs }, signal);
  if (answer.status < 200 || answer.status >= 300) throw refusal(name, answer);
}

function refusal(name: string, { status, text, header }: HttpAnswer): PluginError {
  // Slack says in one word what is wrong, such as `channel_is_archived`.
  const word = /^[a-z_]{1,60}$/.test(text.trim()) ? `, ${oneLine(text)}` : '';
  if (status === 429) {
    const seconds = header('retry-after') ?? '';
    const when = /^[0-9]{1,5}$/.test(seconds) ? `, and asks to wait ${seconds} s` : '';
    return new PluginError('overloaded', `${name} takes no more messages for now (429${when})`);
  }
  if (status >= 500 || status === 408) return new PluginError('target-failed', `${name} answered ${status}${word}`);
  if (status >= 300 && status < 400)
    return new PluginError('redirected', `${name} answered ${status}: redirects are not followed`, false);
  const hint = [403, 404, 410].includes(status) ? '; make a new webhook for the channel' : '';
  return new PluginError('refused-by-target', `${name} answered ${status}${word}${hint}`, false);
}
