import type { Agent } from 'undici';
import { PluginError, type Message } from '../../src/plugin-sdk/index.js';
import { exchange } from '../clients/http.js';
import { eventOf } from './event.js';

/** A service in PagerDuty; `timeout` is in milliseconds. */
export interface Service {
  readonly name: string;
  readonly url: string;
  readonly routingKey: string;
  readonly timeout: number;
}

/**
 * Sends a message as an event. Repeatable: PagerDuty puts events of one key into one incident.
 *
 * @throws PluginError when PagerDuty can't be reached or does not take it
 */
export async function send(agent: Agent, to: Service, message: Message, signal: AbortSignal): Promise<void> {
  const { name, url, routingKey, timeout: timeoutMs } = to;
  const body = JSON.stringify(eventOf(message, routingKey));
  const headers = { 'content-type': 'application/json' };
  const request = { name, method: 'POST', url, headers, body, timeoutMs, statusOnly: true } as const;
  const { status } = await exchange(agent, request, signal);
  if (status >= 200 && status < 300) return;
  if (status === 429) throw new PluginError('overloaded', `${name} takes no more events for now (429)`);
  if (status >= 500 || status === 408) throw new PluginError('target-failed', `${name} answered ${status}`);
  const advice = status === 400 ? '; look at its routing key, which must be of an integration "Events API v2"' : '';
  throw new PluginError('refused-by-target', `${name} answered ${status}${advice}`, false);
}
