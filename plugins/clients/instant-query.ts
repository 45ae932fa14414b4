import type { Agent } from 'undici';
import { z } from 'zod';
import { exchange, type HttpAnswer } from './http.js';
import { PluginError } from '../../src/plugin-sdk/index.js';

/** One series at one moment; the value may be NaN or infinite. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** By Prometheus' clock, in milliseconds since the epoch. */
  readonly at: number;
}

/** What Prometheus answered: its samples, and its remarks on them, such as "partial response". */
export interface QueryResult {
  readonly samples: readonly Sample[];
  readonly warnings: readonly string[];
}

/** Where Prometheus is, and how to ask it; `timeout` is in milliseconds. */
export interface PrometheusClient {
  readonly agent: Agent;
  readonly url: string;
  readonly token?: string | undefined;
  readonly timeout: number;
}

const point = z.tuple([z.number(), z.string()]);
const data = z.discriminatedUnion('resultType', [
  z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: point })),
  }),
  z.object({ resultType: z.literal('scalar'), result: point }),
]);
const success = z.object({ status: z.literal('success'), data, warnings: z.array(z.string()).default([]) });
const failure = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

/**
 * Evaluates a PromQL expression now. Repeatable.
 *
 * @throws PluginError when Prometheus can't be reached, refuses the query, or answers with something else than numbers
 */
export async function queryNow(client: PrometheusClient, query: string, signal: AbortSignal): Promise<QueryResult> {
  const { agent, token, timeout } = client;
  const url = `${client.url.replace(/\/+$/, '')}/api/v1/query?${new URLSearchParams({ query, timeout: `${timeout}ms` })}`;
  const headers = { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const answer = await exchange(agent, { name: 'Prometheus', method: 'GET', url, headers, timeoutMs: timeout }, signal);
  if (answer.status !== 200) throw refusal(answer);
  const parsed = success.safeParse(fromJson(answer.text));
  if (!parsed.success) {
    const advice = 'the query must give an instant vector or a scalar, and no histograms';
    throw new PluginError('not-understood', `Prometheus' answer was not understood; ${advice}`, false);
  }
  const { data: result, warnings } = parsed.data;
  const series = result.resultType === 'scalar' ? [{ metric: {}, value: result.result }] : result.result;
  const samples = series.map(({ metric, value: [seconds, text] }) => ({
    labels: metric,
    value: numberFrom(text),
    at: seconds * 1000,
  }));
  return { samples, warnings };
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

/** Reads a number as Go writes it. */
function numberFrom(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return text === '' ? NaN : Number(text);
}
