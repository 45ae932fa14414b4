import { labelsFrom, type Instant, type Labels } from '../core/alert.js';
import { compare, merge } from './combine.js';
import type { Pace } from './pace.js';
import type { Aggregation, Comparison, Vector } from './query.js';
import { notComputed, TIMED_OUT, type Refusal } from './refusal.js';
import { keyOf, type Row } from './row.js';

/** The moments at which a query is computed. */
export interface Grid {
  readonly start: Instant;
  readonly stepMs: number;
  /** How many, at least one. */
  readonly count: number;
}

/** A series with its values: at which moments of the grid it has one, in their order, and which. */
export interface Series {
  readonly labels: Labels;
  readonly places: readonly number[];
  readonly values: readonly number[];
}

/** What a query comes to. */
export type Evaluated = { readonly ok: true; readonly series: readonly Series[] } | Refusal;

/** How many values a query may look at; Prometheus says the same of its own limit. */
export const MOST_SAMPLES = 1_000_000;

/** The grid of one moment. */
export function gridAt(at: Instant): Grid {
  return { start: at, stepMs: 1, count: 1 };
}

/** Gives the moment at a place of a grid. */
export function momentAt({ start, stepMs }: Grid, place: number): Instant {
  return start + place * stepMs;
}

/**
 * Computes a query from rows that were selected already.
 *
 * @param rows what the query's selector selects
 * @returns series in the order of the rows, without those that have no value; or that it is too much, or took too long
 */
export async function evaluate(query: Vector, rows: readonly Row[], grid: Grid, pace: Pace): Promise<Evaluated> {
  if (query.is === 'selector') return select(rows, grid, pace);
  const of = await evaluate(query.of, rows, grid, pace);
  if (!of.ok) return of;
  if (query.is === 'compared') return compareAll(of.series, query.by, query.than, pace);
  const groups = await grouped(of.series, query.labels, pace);
  if (groups === undefined) return TIMED_OUT;
  const merged: Series[] = [];
  for (const { labels, members } of groups) {
    if (query.is === 'aggregated') merged.push(await aggregate(labels, members, query.by, pace));
    else merged.push(...(await pick(members, query.most, query.by === 'topk' ? 1 : -1, pace)));
    if (pace.isDue && !(await pace.rest())) return TIMED_OUT;
  }
  return { ok: true, series: merged.filter(({ places }) => places.length > 0) };
}

interface Growing {
  readonly labels: Labels;
  readonly parts: { readonly first: number; readonly last: number; readonly value: number }[];
}

async function select(rows: readonly Row[], grid: Grid, pace: Pace): Promise<Evaluated> {
  const found = new Map<string, Growing>();
  let samples = 0;
  for (const row of rows) {
    const { first, last } = placesOf(row, grid);
    if (first > last) continue;
    samples += last - first + 1;
    if (samples > MOST_SAMPLES)
      return notComputed('query processing would load too many samples into memory in query execution');
    const key = keyOf(row.labels);
    const growing = found.get(key) ?? { labels: row.labels, parts: [] };
    growing.parts.push({ first, last, value: row.value });
    found.set(key, growing);
    if (pace.isDue && !(await pace.rest())) return TIMED_OUT;
  }
  const series: Series[] = [];
  for (const growing of found.values()) {
    series.push(filled(growing));
    if (pace.isDue && !(await pace.rest())) return TIMED_OUT;
  }
  return { ok: true, series };
}

/** The places at which a row has its value, as an interval; empty when the first is behind the last. */
function placesOf({ from, to = Infinity }: Row, { start, stepMs, count }: Grid): { first: number; last: number } {
  const first = Math.max(0, Math.ceil((from - start) / stepMs));
  const last = Math.min(count - 1, Math.ceil((to - start) / stepMs) - 1);
  return { first, last };
}

/** Parts of one series never overlap, but need not come in their order. */
function filled({ labels, parts }: Growing): Series {
  const places: number[] = [];
  const values: number[] = [];
  for (const { first, last, value } of parts.toSorted((a, b) => a.first - b.first))
    for (let place = first; place <= last; place++) {
      places.push(place);
      values.push(value);
    }
  return { labels, places, values };
}

async function compareAll(series: readonly Series[], by: Comparison, than: number, pace: Pace): Promise<Evaluated> {
  const kept: Series[] = [];
  for (const one of series) {
    const some = keep(one, by, than);
    if (some !== undefined) kept.push(some);
    if (pace.isDue && !(await pace.rest())) return TIMED_OUT;
  }
  return { ok: true, series: kept };
}

function keep({ labels, places, values }: Series, by: Comparison, than: number): Series | undefined {
  const kept = places.flatMap((place, i) => {
    const value = values[i] ?? NaN;
    return compare(by, value, than) ? [{ place, value }] : [];
  });
  if (kept.length === 0) return undefined;
  return { labels, places: kept.map(({ place }) => place), values: kept.map(({ value }) => value) };
}

interface Group {
  readonly labels: Labels;
  readonly members: Series[];
}

/** Undefined when the time is over. */
async function grouped(
  series: readonly Series[],
  by: readonly string[],
  pace: Pace,
): Promise<readonly Group[] | undefined> {
  const groups = new Map<string, Group>();
  for (const one of series) {
    const labels = labelsFrom(Object.fromEntries(by.map((name) => [name, one.labels[name] ?? ''])));
    const key = keyOf(labels);
    const group = groups.get(key) ?? { labels, members: [] };
    group.members.push(one);
    groups.set(key, group);
    if (pace.isDue && !(await pace.rest())) return undefined;
  }
  return [...groups.values()];
}

async function aggregate(labels: Labels, members: readonly Series[], by: Aggregation, pace: Pace): Promise<Series> {
  const merged = new Map<number, number>();
  for (const { places, values } of members) {
    for (const [i, place] of places.entries()) {
      merged.set(place, merge(by, merged.get(place), values[i] ?? NaN));
    }
    if (pace.isDue) await pace.rest();
  }
  const entries = [...merged].sort(([a], [b]) => a - b);
  return { labels, places: entries.map(([place]) => place), values: entries.map(([, value]) => value) };
}

/** Of every moment those with the largest values, of equal ones the first; at one moment they come in this order, too. */
async function pick(members: readonly Series[], most: number, sign: 1 | -1, pace: Pace): Promise<Series[]> {
  const candidates = new Map<number, { readonly member: number; readonly value: number }[]>();
  for (const [member, { places, values }] of members.entries()) {
    for (const [i, place] of places.entries()) {
      const there = candidates.get(place) ?? [];
      there.push({ member, value: values[i] ?? NaN });
      candidates.set(place, there);
    }
    if (pace.isDue) await pace.rest();
  }
  const picked = new Map<number, { readonly places: number[]; readonly values: number[] }>();
  for (const [place, there] of [...candidates].sort(([a], [b]) => a - b)) {
    const best = there.toSorted((a, b) => sign * (b.value - a.value) || a.member - b.member).slice(0, most);
    for (const { member, value } of best) {
      const one = picked.get(member) ?? { places: [], values: [] };
      one.places.push(place);
      one.values.push(value);
      picked.set(member, one);
    }
    if (pace.isDue) await pace.rest();
  }
  return [...picked].flatMap(([member, one]) => {
    const labels = members[member]?.labels;
    return labels === undefined ? [] : [{ labels, ...one }];
  });
}
