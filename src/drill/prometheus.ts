import { z } from 'zod';
import type { Instant } from '../core/alert.js';
import { call } from './http-call.js';
import type { Measures } from './ports.js';

const point = z.tuple([z.number(), z.string()]);
const labels = z.record(z.string(), z.string());
const instant = z.object({
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: point })) }),
    z.object({ resultType: z.literal('scalar'), result: point }),
  ]),
});
const matrix = z.object({ data: z.object({ result: z.array(z.object({ metric: labels, values: z.array(point) })) }) });

/**
 * Asks Prometheus' query API.
 *
 * @param url of Prometheus, without /api
 * @param token for it, if it asks for one
 */
export function prometheusMeasures(url: string, token?: string): Measures {
  const ask = (path: string, parameters: Readonly<Record<string, string>>): Promise<string> =>
    // by POST, as queries may be longer than addresses
    call('Prometheus', {
      method: 'POST',
      url: `${url.replace(/\/+$/, '')}/api/v1/${path}`,
      token,
      body: new URLSearchParams({ ...parameters, timeout: '4s' }).toString(),
      type: 'application/x-www-form-urlencoded',
    });
  return {
    now: async (query) => {
      const { data } = understood(instant, await ask('query', { query }));
      const points = data.resultType === 'scalar' ? [data.result] : data.result.map(({ value }) => value);
      return points.map(([, text]) => numberOf(text));
    },
    range: async (query, from, to, everyMs) => {
      const span = { start: seconds(from), end: seconds(to), step: String(everyMs / 1000) };
      const { data } = understood(matrix, await ask('query_range', { query, ...span }));
      return data.result.map(({ metric, values }) => ({
        labels: metric,
        points: values.map(([at, text]) => ({ at: Math.round(at * 1000), value: numberOf(text) })),
      }));
    },
  };
}

function seconds(at: Instant): string {
  return (at / 1000).toFixed(3);
}

function understood<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error('Prometheus answers with something else than numbers; histograms cannot be compared', {
      cause: error,
    });
  }
}

/** Reads a number as Go writes it. */
function numberOf(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return text === '' ? NaN : Number(text);
}
