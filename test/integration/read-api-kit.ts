import { z } from 'zod';
import type { ApiApp } from './api-app.js';

/** A series at one moment. */
export interface Told {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const execution = z.object({
  id: z.string(),
  runbook: z.string(),
  target: z.string(),
  phase: z.string(),
  outcome: z.string().default(''),
  trigger: z.string(),
  mode: z.string(),
  requestedBy: z.string(),
  openedAt: z.string(),
  alert: z.object({ fingerprint: z.string(), labels: z.record(z.string(), z.string()) }).optional(),
  plan: z.object({ digest: z.string().optional() }).optional(),
  approval: z.object({ agreed: z.boolean().default(false) }),
});
const executions = z.object({ items: z.array(execution), cursor: z.string().optional() });
const event = z.object({
  type: z.string(),
  by: z.string().optional(),
  step: z.number().optional(),
  reason: z.string().optional(),
  detail: z.string().optional(),
  sample: z.object({ detail: z.string() }).optional(),
  execution: z.object({ requestedBy: z.string() }).optional(),
});
const journal = z.object({ items: z.array(z.object({ seq: z.number(), at: z.string(), event })) });
const decision = z.object({
  at: z.string(),
  fingerprint: z.string(),
  alertname: z.string(),
  runbook: z.string().default(''),
  decision: z.string(),
  because: z.string().default(''),
  executionId: z.string().default(''),
  status: z.string(),
  receiptId: z.string(),
  source: z.string(),
  detail: z.string().default(''),
});
const decisions = z.object({ items: z.array(decision) });

/** An execution, as `GET /api/v1/executions` says it is now. */
export type Shown = z.infer<typeof execution>;

async function get<T>(api: ApiApp, schema: z.ZodType<T>, url: string): Promise<T> {
  const { status, text } = await api.send('GET', url, 'viewer');
  if (status !== 200) throw new Error(`${url}: ${status} ${text}`);
  return schema.parse(JSON.parse(text));
}

/** All executions as the API says they are now, newest first. */
export async function shownNow(api: ApiApp): Promise<readonly Shown[]> {
  return (await get(api, executions, '/api/v1/executions?limit=500')).items;
}

/** What the read API must say at a moment of how executions stand, by what the API said then. */
export function standingsBy(shown: readonly Shown[]): Told[] {
  return shown.flatMap((one) => {
    const { id, runbook, target, phase, outcome, trigger, mode, requestedBy: requested_by, openedAt, alert } = one;
    const { alertname = alert?.fingerprint ?? '', severity = '' } = alert?.labels ?? {};
    const about = { execution_id: id, runbook, target, alertname, severity, fingerprint: alert?.fingerprint ?? '' };
    const waits = phase === 'awaiting-approval' && !one.approval.agreed;
    const told: (readonly [boolean, string, number, object])[] = [
      [true, 'firebreak_execution', Date.parse(openedAt), { phase, outcome, trigger, mode, requested_by }],
      [phase !== 'closed', 'firebreak_execution_running', 1, { phase }],
      [waits, 'firebreak_pending_approval_info', 1, { digest: one.plan?.digest ?? '' }],
    ];
    return told.flatMap(([is, name, value, more]) =>
      is ? [{ labels: filled({ __name__: name, ...about, ...more }), value }] : [],
    );
  });
}

/** What the read API must say at a moment of journals, by what the API says of them at any later time. */
export async function eventsBy(api: ApiApp, ids: readonly string[]): Promise<(Told & { readonly at: number })[]> {
  const all = await Promise.all(
    ids.map(async (id) => {
      const { items } = await get(api, journal, `/api/v1/executions/${encodeURIComponent(id)}/journal`);
      return items.map(({ seq, at, event: { type, step = '', ...said } }) => {
        const labels = filled({
          __name__: 'firebreak_journal_event',
          execution_id: id,
          n: String(seq),
          event: type,
          by: said.by ?? said.execution?.requestedBy ?? '',
          step: String(step),
          detail: cut(said.reason ?? said.detail ?? said.sample?.detail ?? ''),
        });
        return { labels, at: Date.parse(at), value: Date.parse(at) };
      });
    }),
  );
  return all.flat();
}

/** What the read API must say at a moment of decisions, by what the API says of them at any later time. */
export async function decisionsBy(api: ApiApp): Promise<(Told & { readonly at: number })[]> {
  const { items } = await get(api, decisions, '/api/v1/decisions?limit=1000');
  return items.map(({ at, executionId: execution_id, receiptId: receipt_id, detail, ...labels }) => ({
    labels: filled({ __name__: 'firebreak_decision', ...labels, detail: cut(detail), execution_id, receipt_id }),
    at: Date.parse(at),
    value: Date.parse(at),
  }));
}

/** What stands in a label of a text. */
function cut(text: string): string {
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}

/** Labels without empty ones. */
export function filled(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}

const metric = z.record(z.string(), z.string());
const sample = z.tuple([z.number(), z.string()]);
const answer = z.object({
  status: z.literal('success'),
  data: z.union([
    z.object({ resultType: z.literal('vector'), result: z.array(z.object({ metric, value: sample })) }),
    z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ metric, values: z.array(sample) })) }),
    z.object({ resultType: z.literal('scalar'), result: sample }),
  ]),
  warnings: z.array(z.string()).default([]),
});

/** Asks the read API, in process. */
export async function ask(api: ApiApp, what: string, parameters: Readonly<Record<string, string>>) {
  return get(api, answer, `/prometheus/api/v1/${what}?${new URLSearchParams(parameters)}`);
}

/** What it says at one moment. */
export async function askAt(api: ApiApp, query: string, at: number): Promise<Told[]> {
  const { data } = await ask(api, 'query', { query, time: String(at / 1_000) });
  if (data.resultType !== 'vector') throw new Error(`not a vector: ${data.resultType}`);
  return data.result.map(({ metric: labels, value: [, value] }) => ({ labels, value: Number(value) }));
}

/** What it says at each of many moments, in milliseconds. */
export async function askOver(
  api: ApiApp,
  query: string,
  grid: { readonly start: number; readonly end: number; readonly stepMs: number },
): Promise<Map<number, Told[]>> {
  const [start, end, step] = [grid.start, grid.end, grid.stepMs].map((ms) => String(ms / 1_000));
  const { data } = await ask(api, 'query_range', { query, start: start ?? '', end: end ?? '', step: step ?? '' });
  if (data.resultType !== 'matrix') throw new Error(`not a matrix: ${data.resultType}`);
  const all = new Map<number, Told[]>();
  for (let at = grid.start; at <= grid.end; at += grid.stepMs) all.set(at, []);
  for (const { metric: labels, values } of data.result)
    for (const [seconds, value] of values) all.get(Math.round(seconds * 1_000))?.push({ labels, value: Number(value) });
  return all;
}

/** The same for the same series with the same values, in whatever order. */
export function inOrder(all: readonly Told[]): string[] {
  return all
    .map(({ labels, value }) =>
      JSON.stringify([
        Object.keys(labels)
          .sort()
          .map((name) => [name, labels[name]]),
        value,
      ]),
    )
    .sort();
}
