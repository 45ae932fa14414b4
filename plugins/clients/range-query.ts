import { z } from 'zod';
import { askPrometheus, numberFrom, pointSchema, type PrometheusClient } from './prometheus-exchange.js';

/** One series over some time; a step without data has no point, and a value may be NaN or infinite. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** `at` is by Prometheus' clock, in seconds since the epoch. */
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

/** What Prometheus answered: its series, and its remarks on them, such as "partial response". */
export interface RangeResult {
  readonly series: readonly Series[];
  readonly warnings: readonly string[];
}

/** From when to when and how often a range is looked at, in seconds; both ends are looked at. */
export interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

const data = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(pointSchema) })),
});
const advice = 'the query must give numbers over time, and no histograms';

/**
 * Evaluates a PromQL expression at several moments. Repeatable.
 *
 * @throws PluginError when Prometheus can't be reached, refuses the query, or answers with something else than numbers
 */
export async function queryRange(
  client: PrometheusClient,
  query: string,
  range: Range,
  signal: AbortSignal,
): Promise<RangeResult> {
  const parameters = { query, start: String(range.start), end: String(range.end), step: String(range.step) };
  const wanted = { path: 'query_range', parameters };
  const { data: matrix, warnings } = await askPrometheus(client, wanted, { data, advice }, signal);
  const series = matrix.result.map(({ metric, values }) => ({
    labels: metric,
    points: values.map(([at, text]) => ({ at, value: numberFrom(text) })),
  }));
  return { series, warnings };
}
