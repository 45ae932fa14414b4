import type { Agent } from 'undici';
import { z } from 'zod';
import { exchange, type HttpAnswer } from './http.js';
import { PluginError } from '../../src/plugin-sdk/index.js';

/** Where Prometheus is, and how to ask it; `timeout` is in milliseconds. */
export interface PrometheusClient {
  readonly agent: Agent;
  readonly url: string;
  readonly token?: string | undefined;
  readonly timeout: number;
}

/** A moment in seconds since the epoch, and a number as Go writes it. */
export const pointSchema = z.tuple([z.number(), z.string()]);

const success = z.object({
  status: z.literal('success'),
  data: z.unknown(),
  warnings: z.array(z.string()).default([]),
});
const failure = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

/**
 * Asks Prometheus' query API one thing. Repeatable.
 *
 * @param wanted a path below `/api/v1/`, for example `query`, and its parameters without the time-out, which is added
 * @param answered what the answer's data must be, and what to do when they are something else
 * @param signal breaks it off
 * @throws PluginError when Prometheus can't be reached, refuses the query, or answers with something else than wanted
 */
export async function askPrometheus<Data>(
  client: PrometheusClient,
  wanted: { readonly path: string; readonly parameters: Readonly<Record<string, string>> },
  answered: { readonly data: z.ZodType<Data>; readonly advice: string },
  signal: AbortSignal,
): Promise<{ readonly data: Data; readonly warnings: readonly string[] }> {
  const { agent, token, timeout } = client;
  const parameters = new URLSearchParams({ ...wanted.parameters, timeout: `${timeout}ms` });
  const url = `${client.url.replace(/\/+$/, '')}/api/v1/${wanted.path}?${parameters}`;
  const headers = { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const answer = await exchange(agent, { name: 'Prometheus', method: 'GET', url, headers, timeoutMs: timeout }, signal);
  if (answer.status !== 200) throw refusal(answer);
  const said = success.safeParse(fromJson(answer.text));
  const data = answered.data.safeParse(said.data?.data);
  if (said.success && data.success) return { data: data.data, warnings: said.data.warnings };
  throw new PluginError('not-understood', `Prometheus' answer was not understood; ${answered.advice}`, false);
}

/** Reads a number as Go writes it; may be NaN or infinite. */
export function numberFrom(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return text === '' ? NaN : Number(text);
}

function refusal({ status, text }: HttpAnswer): PluginError {
  const said = failure.safeParse(fromJson(text));
  const detail = said.success ? `: ${said.data.errorType}: ${said.data.error.slice(0, 300)}` : '';
  if (status >= 300 && status < 400) {
    return new PluginError(
      'redirected',
      `Prometheus answered ${status}: redirects are not followed, configure its final address`,
      false,
    );
  }
  if (status === 400) return new PluginError('query-refused', `Prometheus refused the query${detail}`, false);
  const again = status >= 500 || [408, 422, 429].includes(status);
  return new PluginError(
    again ? 'target-failed' : 'refused-by-target',
    `Prometheus answered ${status}${detail}`,
    again,
  );
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
