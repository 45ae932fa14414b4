import type { Instant } from '../../core/alert.js';
import type { VerifyOrder } from '../../core/orders.js';
import type { GuardSample, Sample } from '../../core/runbook.js';

/** The size of the drawing, in its own units. */
export const CHART = { width: 360, height: 150, left: 44, right: 10, top: 10, bottom: 16 } as const;

/** So many samples are drawn: the latest. */
const MOST_DRAWN = 200;
/** So many stand in the table: the latest. */
const MOST_ROWS = 50;

/** One sample in the drawing; its shape says how it was. */
export interface Mark {
  readonly x: number;
  readonly y: number;
  readonly shape: 'circle' | 'cross' | 'diamond';
}

/** What the probe of one verification has answered: drawn, and as a table. */
export interface ChartModel {
  readonly title: string;
  readonly probe: string;
  readonly verdict: string;
  readonly count: number;
  /** How often it was what, in words. */
  readonly summary: string;
  readonly line: string;
  readonly marks: readonly Mark[];
  /** What must be reached, or null when the probe's parameters do not say it. */
  readonly limit: { readonly text: string; readonly y: number | null };
  /** The highest and the lowest value, where they stand. */
  readonly scale: readonly { readonly text: string; readonly y: number }[];
  /** Newest first. */
  readonly rows: readonly RowModel[];
  readonly more: number;
  readonly guards: readonly GuardModel[];
}

interface RowModel {
  readonly at: Instant;
  readonly status: string;
  readonly value: string;
  readonly detail: string;
}

interface GuardModel {
  readonly name: string;
  readonly before: string;
  readonly now: string;
}

/** What was measured, and against what. */
export interface Measured {
  readonly title: string;
  readonly order: VerifyOrder | undefined;
  readonly samples: readonly Sample[];
  readonly verdict: string;
  readonly baseline: readonly GuardSample[];
}

/** Draws the samples of one verification. */
export function chartModel({ title, order, samples, verdict, baseline }: Measured): ChartModel {
  const drawn = samples.slice(-MOST_DRAWN);
  const limit = limitOf(order);
  const values = drawn.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const scale = scaleOf(limit === undefined ? values : [...values, limit.value]);
  const [from, to] = [drawn[0]?.at ?? 0, drawn.at(-1)?.at ?? 0];
  const x = (at: Instant) =>
    between(CHART.left, CHART.width - CHART.right, to === from ? 0 : (at - from) / (to - from));
  const points = drawn.flatMap(({ at, value }) =>
    value === undefined ? [] : [`${round(x(at))},${round(scale.y(value))}`],
  );
  return {
    title,
    probe: order?.probe ?? '',
    verdict,
    count: samples.length,
    summary: summaryOf(samples),
    line: points.join(' '),
    marks: drawn.map(({ at, value, status }) => ({
      x: round(x(at)),
      y: round(value === undefined ? CHART.height - CHART.bottom : scale.y(value)),
      shape: SHAPES[status],
    })),
    limit: { text: limit?.text ?? '', y: limit === undefined ? null : round(scale.y(limit.value)) },
    scale: extremes(values).map((value) => ({ text: number(value), y: round(scale.y(value)) + 4 })),
    rows: samples.slice(-MOST_ROWS).map(rowOf).toReversed(),
    more: Math.max(0, samples.length - MOST_ROWS),
    guards: guardsOf(samples.at(-1)?.guards ?? [], baseline),
  };
}

const SHAPES = { healthy: 'circle', unhealthy: 'cross', unknown: 'diamond', error: 'diamond' } as const;

const LIMIT = /^\s*(>=|<=|==|!=|>|<)\s*([+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)\s*$/;

/** Probes that compare a number say under `healthy` what it must be. */
function limitOf(order: VerifyOrder | undefined): { text: string; value: number } | undefined {
  const parameters = order?.with;
  if (typeof parameters !== 'object' || parameters === null || !('healthy' in parameters)) return undefined;
  const { healthy } = parameters;
  if (typeof healthy !== 'string') return undefined;
  const [, , digits] = LIMIT.exec(healthy) ?? [];
  return digits === undefined ? undefined : { text: healthy.trim(), value: Number(digits) };
}

/** How much room is left above the highest value and below the lowest one. */
const ROOM = 0.08;

function scaleOf(values: readonly number[]): { y: (value: number) => number } {
  const [high = 1, low = high] = extremes(values);
  const spread = high === low ? 1 : high - low;
  const [bottom, top] = [low - spread * ROOM, high + spread * ROOM];
  const y = (value: number) => {
    const share = (value - bottom) / (top - bottom);
    return between(CHART.height - CHART.bottom, CHART.top, Number.isFinite(share) ? share : 0);
  };
  return { y };
}

/** The highest and the lowest one; one alone when all are equal. */
function extremes(values: readonly number[]): number[] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [];
  return [...new Set([Math.max(...finite), Math.min(...finite)])];
}

function summaryOf(samples: readonly Sample[]): string {
  if (samples.length === 0) return 'nothing was measured yet';
  const kinds = ['healthy', 'unhealthy', 'unknown', 'error'] as const;
  return kinds
    .map((kind) => ({ kind, count: samples.filter(({ status }) => status === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}`)
    .join(', ');
}

function rowOf({ at, status, value, detail }: Sample): RowModel {
  return { at, status, value: value === undefined ? '' : number(value), detail };
}

function guardsOf(now: readonly GuardSample[], before: readonly GuardSample[]): GuardModel[] {
  const names = [...new Set([...before, ...now].map(({ name }) => name))];
  const said = (list: readonly GuardSample[], name: string) => {
    const one = list.find((guard) => guard.name === name);
    return one === undefined ? 'not measured' : `${one.status}: ${one.detail}`;
  };
  return names.map((name) => ({ name, before: said(before, name), now: said(now, name) }));
}

const between = (from: number, to: number, share: number): number => from + (to - from) * share;
const round = (value: number): number => Math.round(value * 10) / 10;
const number = (value: number): string => String(Number(value.toPrecision(4)));
