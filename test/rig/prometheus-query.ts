import { z } from 'zod';

/** One sample: a moment in milliseconds since the epoch, and its value. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

const point = z.tuple([z.number(), z.string()]);
const vector = z.object({ data: z.object({ result: z.array(z.object({ value: point })) }) });
const matrix = z.object({ data: z.object({ result: z.array(z.object({ values: z.array(point) })) }) });

/** Evaluates a PromQL expression now and gives the value of each series. */
export async function queryNow(prometheus: string, expression: string): Promise<readonly number[]> {
  const answer = vector.parse(await ask(prometheus, expression));
  return answer.data.result.map((series) => Number(series.value[1]));
}

/** Gives the raw samples of the first series of a range selector such as `up{job="centers"}[1m]`. */
export async function rawSamples(prometheus: string, selector: string): Promise<readonly Sample[]> {
  const answer = matrix.parse(await ask(prometheus, selector));
  const [first] = answer.data.result;
  return (first?.values ?? []).map(([seconds, value]) => ({ at: seconds * 1000, value: Number(value) }));
}

async function ask(prometheus: string, expression: string): Promise<unknown> {
  const url = `${prometheus}/api/v1/query?${new URLSearchParams({ query: expression })}`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`Prometheus answered ${answer.status} to ${expression}: ${await answer.text()}`);
  return answer.json();
}
