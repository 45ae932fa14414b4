import { z } from 'zod';
import type { Annotation, Target, Variable } from './board.js';
import { regularExpression, type Series } from './frames.js';
import { inQuery, interpolate, type Choice, type Scope } from './interpolate.js';

/** A data source that is a Prometheus or answers like one. */
export interface Source {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The two of every board, by the variable that chooses them. */
export interface Sources {
  readonly datasource: Source;
  readonly firebreak: Source;
}

/** How often the data source is scraped, as its setting says, in seconds; and how many points a panel has room for. */
const SCRAPE = 1;
const POINTS = 300;

const labels = z.record(z.string(), z.string());
const point = z.tuple([z.number(), z.string()]);
const answered = z.object({
  status: z.literal('success'),
  data: z.union([
    z.object({ resultType: z.literal('vector'), result: z.array(z.object({ metric: labels, value: point })) }),
    z.object({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ metric: labels, values: z.array(point) })),
    }),
    z.object({ resultType: z.literal('scalar'), result: point }),
  ]),
});
const listed = z.object({ status: z.literal('success'), data: z.array(z.string()) });

/** Which of both a query asks. */
export function sourceOf(sources: Sources, uid: string | undefined): Source {
  if (uid === '${datasource}') return sources.datasource;
  if (uid === '${firebreak}') return sources.firebreak;
  throw new Error(`${uid} is none of the data sources that a board lets choose`);
}

/** The step of a graph, in whole seconds. */
function stepOf({ from, to }: Scope): number {
  return Math.max(SCRAPE, Math.ceil((to - from) / 1_000 / POINTS));
}

/** Writes a query as it goes to Prometheus: first the choices, then what depends on the range. */
export function written(expr: string, scope: Scope, step = stepOf(scope)): string {
  const range = Math.round((scope.to - scope.from) / 1_000);
  const rate = Math.max(stepOf(scope) + SCRAPE, 4 * SCRAPE);
  const known: Readonly<Record<string, string>> = {
    __interval: `${step}s`,
    __interval_ms: `${step * 1_000}`,
    __range: `${range}s`,
    __range_s: `${range}`,
    __range_ms: `${range * 1_000}`,
    __rate_interval: `${rate}s`,
    __rate_interval_ms: `${rate * 1_000}`,
  };
  const own = Object.entries(known).map(([name, value]): Choice => ({ name, value, isMulti: false }));
  return interpolate(expr, { ...scope, choices: [...scope.choices, ...own] }, inQuery);
}

/** Asks what a panel's query asks: a value at the end of the time range, or values over it. */
export async function answer(sources: Sources, target: Target, scope: Scope): Promise<readonly Series[]> {
  const source = sourceOf(sources, target.datasource?.uid);
  const query = written(target.expr, scope);
  if (target.instant) return instant(source, query, scope.to);
  return range(source, query, scope, stepOf(scope));
}

/** Asks what an annotation asks, with its own step. */
export async function annotated(sources: Sources, annotation: Annotation, scope: Scope): Promise<readonly Series[]> {
  const [, amount = '60', unit = 's'] = /^(\d+)([sm])$/.exec(annotation.step ?? '60s') ?? [];
  const step = Number(amount) * (unit === 'm' ? 60 : 1);
  return range(sourceOf(sources, annotation.datasource?.uid), written(annotation.expr ?? '', scope, step), scope, step);
}

/** Values at one moment, in milliseconds since the epoch. */
export async function instant(source: Source, query: string, at: number): Promise<readonly Series[]> {
  return seriesOf(await ask(source, 'query', { query, time: String(at / 1_000) }), query);
}

function range(source: Source, query: string, { from, to }: Scope, step: number): Promise<readonly Series[]> {
  const aligned = (at: number): string => String(Math.floor(at / 1_000 / step) * step);
  const asked = { query, start: aligned(from), end: aligned(to), step: String(step) };
  return ask(source, 'query_range', asked).then((json) => seriesOf(json, query));
}

function seriesOf(json: unknown, query: string): readonly Series[] {
  const found = answered.safeParse(json);
  if (!found.success) throw new Error(`${query} was answered ${JSON.stringify(json).slice(0, 300)}`);
  const { data } = found.data;
  const at = ([seconds, value]: [number, string]): readonly [number, number] => [seconds * 1_000, number(value)];
  switch (data.resultType) {
    case 'vector':
      return data.result.map(({ metric, value }) => ({ labels: metric, points: [at(value)] }));
    case 'matrix':
      return data.result.map(({ metric, values }) => ({ labels: metric, points: values.map(at) }));
    case 'scalar':
      return [{ labels: {}, points: [at(data.result)] }];
  }
}

function number(text: string): number {
  return /^[+-]?Inf$/.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);
}

/** The values that a choice offers: what is asked of the data source, narrowed and rewritten by its pattern. */
export async function offered(sources: Sources, variable: Variable, scope: Scope): Promise<readonly string[]> {
  if (variable.type === 'datasource') return dataSources(sources, variable);
  const text = typeof variable.query === 'string' ? variable.query : (variable.query?.query ?? '');
  if (variable.type === 'custom') return text.split(',').map((one) => one.trim());
  if (variable.type === 'constant' || variable.type === 'textbox') return [text];
  if (variable.type !== 'query') throw new Error(`${variable.name}: nobody knows what is offered by ${variable.type}`);
  const found = await looked(sourceOf(sources, variable.datasource?.uid), interpolate(text, scope, inQuery), scope);
  return [...new Set(found.flatMap((one) => narrowed(one, variable.regex)))].toSorted();
}

function dataSources(sources: Sources, { regex }: Variable): readonly string[] {
  const names = [sources.datasource.name, sources.firebreak.name];
  return regex === '' ? names : names.filter((name) => regularExpression(regex).test(name));
}

function narrowed(value: string, regex: string): readonly string[] {
  if (regex === '') return [value];
  const found = regularExpression(regex).exec(value);
  if (found === null) return [];
  return [found.groups?.['value'] ?? found[1] ?? value];
}

async function looked(source: Source, query: string, { from, to }: Scope): Promise<readonly string[]> {
  const times = { start: String(Math.floor(from / 1_000)), end: String(Math.ceil(to / 1_000)) };
  const [, selector, label] = /^label_values\((?:(.+),\s*)?([a-zA-Z_]\w*)\)\s*$/.exec(query) ?? [];
  if (label !== undefined) {
    const filter = selector === undefined ? {} : { 'match[]': selector };
    return listed.parse(await ask(source, `label/${label}/values`, { ...filter, ...times })).data;
  }
  const [, expression] = /^query_result\((.+)\)\s*$/s.exec(query) ?? [];
  if (expression === undefined) throw new Error(`nobody has taught the tests what ${query} asks: test/boards/calls.ts`);
  return (await instant(source, expression, to)).map(({ labels: { __name__: name = '', ...others }, points }) => {
    const inner = Object.entries(others).map(([key, value]) => `${key}="${value}"`);
    const [at = 0, value = NaN] = points[0] ?? [];
    return `${name}{${inner.join(',')}} ${value} ${at}`;
  });
}

async function ask(source: Source, path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
  // values of labels can only be asked for by GET, and Grafana's data source does so
  const isPost = !path.startsWith('label/');
  const query = new URLSearchParams(parameters);
  const response = await fetch(`${source.url}/api/v1/${path}${isPost ? '' : `?${query}`}`, {
    method: isPost ? 'POST' : 'GET',
    headers: { ...source.headers, ...(isPost ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
    ...(isPost ? { body: query.toString() } : {}),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`${source.name} answered ${response.status} to ${query.get('query') ?? path}: ${text}`);
  return JSON.parse(text);
}
