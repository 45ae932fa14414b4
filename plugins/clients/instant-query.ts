import { z } from 'zod';
import { askPrometheus, numberFrom, pointSchema, type PrometheusClient } from './prometheus-exchange.js';

export type { PrometheusClient } from './prometheus-exchange.js';

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

const data = z.discriminatedUnion('resultType', [
  z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: pointSchema })),
  }),
  z.object({ resultType: z.literal('scalar'), result: pointSchema }),
]);
const advice = 'the query must give an instant vector or a scalar, and no histograms';

/**
 * Evaluates a PromQL expression now. Repeatable.
 *
 * @throws PluginError when Prometheus can't be reached, refuses the query, or answers with something else than numbers
 */
export async function queryNow(client: PrometheusClient, query: string, signal: AbortSignal): Promise<QueryResult> {
  const wanted = { path: 'query', parameters: { query } };
  const { data: result, warnings } = await askPrometheus(client, wanted, { data, advice }, signal);
  const series = result.resultType === 'scalar' ? [{ metric: {}, value: result.result }] : result.result;
  const samples = series.map(({ metric, value: [seconds, text] }) => ({
    labels: metric,
    value: numberFrom(text),
    at: seconds * 1000,
  }));
  return { samples, warnings };
}
