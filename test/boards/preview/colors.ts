import { z } from 'zod';
import type { Field } from '../frames.js';

const NAMED: Readonly<Record<string, string>> = {
  green: '#73bf69',
  'dark-green': '#37872d',
  'semi-dark-green': '#56a64b',
  red: '#f2495c',
  'dark-red': '#c4162a',
  'semi-dark-red': '#e02f44',
  orange: '#ff9830',
  'dark-orange': '#fa6400',
  'semi-dark-orange': '#ff780a',
  yellow: '#fade2a',
  'dark-yellow': '#e0b400',
  blue: '#5794f2',
  'dark-blue': '#1f60c4',
  'semi-dark-blue': '#3274d9',
  purple: '#b877d9',
  'dark-purple': '#8f3bb8',
  gray: '#6e7079',
  text: '#ccccdc',
  transparent: 'transparent',
};

/** Colours of lines, one after the other. */
export const PALETTE = [
  '#73bf69',
  '#f2cc0c',
  '#8ab8ff',
  '#ff780a',
  '#f2495c',
  '#5794f2',
  '#b877d9',
  '#37872d',
  '#fade2a',
];

/** A colour of Grafana as browsers know it. */
export function css(color: string): string {
  return NAMED[color] ?? color;
}

const own = z.looseObject({ mode: z.literal('fixed'), fixedColor: z.string() });

/** The colour of a line or of bars: its own, or the next one of the palette. */
export function lineColor({ settings }: Field, i: number): string {
  const found = own.safeParse(settings['color']);
  return found.success ? css(found.data.fixedColor) : (PALETTE[i % PALETTE.length] ?? '');
}

/** Where the thresholds of a column stand, with their colours. */
export function levelsOf({ settings }: Field): readonly { readonly value: number; readonly color: string }[] {
  const found = steps.safeParse(settings['thresholds']);
  if (!found.success) return [];
  return found.data.steps.flatMap(({ value, color }) =>
    value === null || value === undefined ? [] : [{ value, color: css(color) }],
  );
}

const steps = z.looseObject({ steps: z.array(z.looseObject({ value: z.number().nullish(), color: z.string() })) });
const colored = z.looseObject({ color: z.string().optional() });
const range = z.looseObject({ from: z.number().nullish(), to: z.number().nullish(), result: colored });

/** The colour that a column gives a value: by its mappings, else by its thresholds. */
export function colorOf({ settings }: Field, value: number | string): string | undefined {
  for (const { type, options } of settings.mappings ?? []) {
    const color = mappedColor(type, options, value);
    if (color !== undefined) return css(color);
  }
  const thresholds = steps.safeParse(settings['thresholds']);
  if (!thresholds.success || typeof value !== 'number') return undefined;
  const step = thresholds.data.steps.findLast((one) => (one.value ?? -Infinity) <= value);
  return step === undefined ? undefined : css(step.color);
}

function mappedColor(type: string, options: unknown, value: number | string): string | undefined {
  if (type === 'value') return z.record(z.string(), colored).parse(options)[String(value)]?.color;
  if (typeof value !== 'number') return undefined;
  if (type === 'special')
    return Number.isNaN(value) ? z.looseObject({ result: colored }).parse(options).result.color : undefined;
  if (type !== 'range') return undefined;
  const { from, to, result } = range.parse(options);
  return value >= (from ?? -Infinity) && value <= (to ?? Infinity) ? result.color : undefined;
}
