import type { Agent } from 'undici';
import { attempt } from '../../clients/http.js';
import type { HealthConfig } from './config.js';
import { networkWords } from './network-words.js';
import type { Saying } from './saying.js';

/** For the way to the exporter and back, in milliseconds. */
const WAY_MS = 200;
/** The exporter keeps so much of the time it is given for itself: its flag `--timeout-offset`. */
const OFFSET_SECONDS = 0.5;

type Exporter = HealthConfig['vantages'][string] & { readonly vantage: string };

/**
 * Has a Prometheus blackbox exporter ask a centre's health address. An exporter that cannot be asked, or says something
 * else than its metrics, is silent.
 *
 * @param url of the centre
 * @param timeoutMs for the centre's answer to the exporter, in milliseconds
 * @param signal breaks it off
 * @throws PluginError `aborted`
 */
export async function lookThroughBlackbox(
  agent: Agent,
  exporter: Exporter,
  url: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Saying> {
  const { vantage, blackbox, module, token } = exporter;
  const silent = (detail: string): Saying => ({ vantage, says: 'silent', detail });
  const made = await attempt(
    agent,
    {
      name: vantage,
      method: 'GET',
      url: `${blackbox.replace(/\/+$/, '')}/probe?${new URLSearchParams({ target: url, module })}`,
      headers: {
        'x-prometheus-scrape-timeout-seconds': String(timeoutMs / 1000 + OFFSET_SECONDS),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      timeoutMs: timeoutMs + WAY_MS,
    },
    signal,
  );
  if (!made.answered) {
    const why = made.because === 'timed-out' ? 'no answer' : networkWords(made.reason);
    return silent(`the exporter: ${why}`);
  }
  const { status, text } = made.answer;
  if (status !== 200) return silent(`the exporter answered ${status}${status === 400 ? `: has it ${module}?` : ''}`);
  return said(vantage, text, timeoutMs) ?? silent('the exporter gave no probe_success');
}

function said(vantage: string, text: string, timeoutMs: number): Saying | undefined {
  const success = metric(text, 'probe_success');
  const seconds = metric(text, 'probe_duration_seconds') ?? 0;
  if (success === 1) return { vantage, says: 'up', seconds, detail: `${Math.round(seconds * 1000)} ms` };
  if (success !== 0) return undefined;
  const status = metric(text, 'probe_http_status_code') ?? 0;
  // The metrics have no reason; what the exporter knows besides stands in its own log.
  const late = seconds * 1000 >= timeoutMs * 0.95;
  const detail = status > 0 ? `answered ${status}` : late ? `no answer within ${timeoutMs} ms` : 'no connection';
  return { vantage, says: 'down', seconds, detail };
}

function metric(text: string, name: string): number | undefined {
  const [, value] = new RegExp(`^${name} ([0-9.eE+-]+)$`, 'm').exec(text) ?? [];
  return value === undefined || !Number.isFinite(Number(value)) ? undefined : Number(value);
}
