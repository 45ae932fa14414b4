import type { Instant } from '../core/alert.js';
import type { Content } from './answer.js';
import { momentAt, type Grid, type Series } from './evaluate.js';

/** Writes a value the way Prometheus does: never with an exponent. */
export function sayValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const text = String(value);
  if (!text.includes('e')) return Object.is(value, -0) ? '-0' : text;
  const [, sign = '', whole = '', fraction = '', power = '0'] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? [];
  const exponent = Number(power);
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${whole}${fraction}`;
  return `${sign}${whole}${fraction.padEnd(exponent, '0')}`;
}

/** A sample as JSON: seconds with a fraction, and the value as a text. */
export function sample(at: Instant, value: number): string {
  return `[${sayValue(at / 1_000)},"${sayValue(value)}"]`;
}

/** A number as the answer to an instant query. */
export function scalar(at: Instant, value: number): Content {
  return {
    ok: true,
    before: '{"resultType":"scalar","result":',
    pieces: [sample(at, value)],
    after: '}',
    warnings: [],
  };
}

/** Series as the answer to an instant query. */
export function vector(series: readonly Series[], grid: Grid, warnings: readonly string[]): Content {
  const pieces = function* (): Generator<string> {
    for (const { labels, values } of series)
      yield `{"metric":${JSON.stringify(labels)},"value":${sample(grid.start, values[0] ?? NaN)}}`;
  };
  return { ok: true, before: '{"resultType":"vector","result":[', pieces: pieces(), after: ']}', warnings };
}

/** Series as the answer to a range query. */
export function matrix(series: readonly Series[], grid: Grid, warnings: readonly string[]): Content {
  const pieces = function* (): Generator<string> {
    for (const { labels, places, values } of series) {
      const samples = places.map((place, i) => sample(momentAt(grid, place), values[i] ?? NaN));
      yield `{"metric":${JSON.stringify(labels)},"values":[${samples.join(',')}]}`;
    }
  };
  return { ok: true, before: '{"resultType":"matrix","result":[', pieces: pieces(), after: ']}', warnings };
}
