import { z } from 'zod';
import type { Field } from './frames.js';

const result = z.looseObject({ text: z.string().optional() });
const byValue = z.record(z.string(), result);
const byRange = z.looseObject({ from: z.number().nullish(), to: z.number().nullish(), result });
const byPattern = z.looseObject({ pattern: z.string(), result });
const special = z.looseObject({ match: z.string(), result });

/** The text that a column shows for a value: by its mappings, else with its unit. This is what buttons and links get. */
export function shown({ type, settings }: Field, value: number | string): string {
  const mapped = (settings.mappings ?? []).map((one) => mappedBy(one, value)).find((text) => text !== undefined);
  if (mapped !== undefined) return mapped;
  if (typeof value === 'string') return value === '' ? (settings.noValue ?? '') : value;
  if (type === 'time' && settings.unit === undefined) return new Date(value).toISOString();
  return withUnit(value, settings.unit ?? 'none', settings.decimals ?? undefined);
}

function mappedBy({ type, options }: { type: string; options?: unknown }, value: number | string): string | undefined {
  switch (type) {
    case 'value':
      return byValue.parse(options)[String(value)]?.text;
    case 'range': {
      const { from, to, result: found } = byRange.parse(options);
      const isIn = typeof value === 'number' && value >= (from ?? -Infinity) && value <= (to ?? Infinity);
      return isIn ? found.text : undefined;
    }
    case 'regex': {
      const { pattern, result: found } = byPattern.parse(options);
      return new RegExp(pattern.replace(/^\/(.*)\/$/, '$1')).test(String(value)) ? found.text : undefined;
    }
    case 'special': {
      const { match, result: found } = special.parse(options);
      return match.includes('nan') && Number.isNaN(value) ? found.text : undefined;
    }
    default:
      throw new Error(`nobody has taught the tests what a mapping by ${type} means: test/boards/shown.ts`);
  }
}

const SUFFIX: Readonly<Record<string, string>> = {
  percent: '%',
  reqps: ' req/s',
  ops: ' ops/s',
  cps: ' c/s',
  rps: ' reads/s',
  eps: ' events/s',
  hertz: ' Hz',
};

/** A number with its unit, shorter than Grafana's in rare cases and never another number. */
function withUnit(value: number, unit: string, decimals?: number): string {
  if (Number.isNaN(value)) return 'NaN';
  const rounded = (number: number): string =>
    decimals === undefined ? String(Number(number.toPrecision(4))) : number.toFixed(decimals);
  switch (unit) {
    case 'none':
    case 'short':
    case 'string':
      return rounded(value);
    case 'percentunit':
      return `${rounded(value * 100)}%`;
    case 's':
    case 'dtdurations':
      return seconds(value, rounded);
    case 'ms':
    case 'dtdurationms':
      return Math.abs(value) >= 1_000 ? seconds(value / 1_000, rounded) : `${rounded(value)} ms`;
    case 'bytes':
    case 'decbytes':
      return value >= 1_048_576 ? `${rounded(value / 1_048_576)} MiB` : `${rounded(value / 1_024)} KiB`;
    case 'bool':
      return value === 0 ? 'False' : 'True';
    case 'bool_yes_no':
      return value === 0 ? 'No' : 'Yes';
    case 'bool_on_off':
      return value === 0 ? 'Off' : 'On';
    default:
      if (unit.startsWith('dateTime') || unit.startsWith('time:'))
        return new Date(value).toISOString().slice(0, 19).replace('T', ' ');
      return `${rounded(value)}${SUFFIX[unit] ?? ` ${unit}`}`;
  }
}

function seconds(value: number, rounded: (number: number) => string): string {
  const size = Math.abs(value);
  if (size >= 86_400) return `${rounded(value / 86_400)} days`;
  if (size >= 3_600) return `${rounded(value / 3_600)} hours`;
  if (size >= 60) return `${rounded(value / 60)} mins`;
  return size >= 1 || size === 0 ? `${rounded(value)} s` : `${rounded(value * 1_000)} ms`;
}
