import { z } from 'zod';
import { FirebreakError } from '../core/errors.js';
import { labelsFrom, type Labels } from '../core/alert.js';
import type { Json } from '../core/json.js';
import { entriesOf, readBody, readQuery } from './read-request.js';

/** What somebody wants started, wherever it stood in the request. */
export interface StartRequest {
  readonly runbook: string;
  readonly labels: Labels;
  /** What else is known of the occasion, such as `runbook_url`; templates read it as an alert's annotations. */
  readonly annotations?: Labels;
  /** The time range that the person looked at; templates read it as annotations, too. */
  readonly from?: string;
  readonly to?: string;
  readonly reason?: string;
  readonly dryRun: boolean;
  /** A cut-over is only a request: people must agree to it, also where the runbook acts by itself. */
  readonly cutOverAsks?: true;
}

const MOST_LABELS = 100;
/** Of all of them together: the execution keeps them, and lists hold hundreds of executions. */
const MOST_CHARACTERS = 100_000;
const short = z.string().max(1_000).exactOptional();
const moment = z
  .union([z.string().max(100), z.number()])
  .transform(String)
  .exactOptional();

/** The type of a record without making a new one, in which a name such as `__proto__` would be lost. */
const labels = z.custom<Record<string, string>>(
  isTextMap,
  'must be a map of at most 100 texts of at most 10000 characters, and 100000 in all',
);

const body = z.strictObject({
  labels: labels.exactOptional(),
  annotations: labels.exactOptional(),
  from: moment,
  to: moment,
  reason: short,
  dryRun: z.boolean().exactOptional(),
  idempotencyKey: short,
});

const query = z.strictObject({
  from: moment,
  to: moment,
  reason: short,
  dryRun: z
    .enum(['true', 'false'])
    .transform((word) => word === 'true')
    .exactOptional(),
  idempotencyKey: short,
  /** Comes along when Grafana hands over its time range. */
  timezone: short,
});

/** What the documentation shows. */
export const startBody = body.extend({
  labels: z.record(z.string(), z.string()).exactOptional(),
  annotations: z.record(z.string(), z.string()).exactOptional(),
});

/** Reads a request to start a runbook; where body and query both say something, the body counts. */
export function readStart(
  runbook: string,
  rawBody: unknown,
  rawQuery: unknown,
): { readonly start: StartRequest; readonly key?: string } {
  const { labels: fromQuery, rest: others } = splitLabels(rawQuery);
  const { found: noted, rest } = takeOut('annotation', others);
  const inQuery = readQuery(query, rest);
  const inBody = readBody(body, rawBody);
  const { from, to, reason, dryRun = false, idempotencyKey } = { ...inQuery, ...inBody };
  const annotations = labelsFrom({ ...noted, ...inBody.annotations });
  const start: StartRequest = {
    runbook,
    labels: labelsFrom({ ...fromQuery, ...inBody.labels }),
    dryRun,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(reason === undefined ? {} : { reason }),
  };
  return { start, ...(idempotencyKey === undefined ? {} : { key: idempotencyKey }) };
}

/** The request as data, for comparing it with another under the same key. */
export function startJson({ labels: given, annotations, ...rest }: StartRequest): Json {
  const noted = annotations === undefined ? {} : { annotations: sorted(annotations) };
  return { ...rest, ...noted, labels: sorted(given) };
}

function sorted(map: Labels): [string, string][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What templates read as annotations: those that were given, and the time range. */
export function annotationsOf({ annotations = {}, from, to }: StartRequest): Labels {
  return labelsFrom({ ...annotations, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
}

/** Reads the key's form: it becomes part of a name in the store. */
export function checkKey(key: string): string {
  if (/^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new FirebreakError('wrong-parameter', 'Idempotency-Key: must be 1 to 200 visible ASCII characters');
}

/** Takes the labels out of a query: `label.<name>=value`. */
export function splitLabels(raw: unknown): { labels: Record<string, string>; rest: Record<string, unknown> } {
  const { found, rest } = takeOut('label', raw);
  return { labels: found, rest };
}

/** Takes out what begins with a word and a dot; an empty value is left to whoever makes labels of it. */
function takeOut(
  word: 'label' | 'annotation',
  raw: unknown,
): { found: Record<string, string>; rest: Record<string, unknown> } {
  const all = entriesOf(raw);
  const isOne = ([name]: [string, unknown]): boolean => name.startsWith(`${word}.`);
  const found = Object.fromEntries(all.filter(isOne).map(([name, value]) => [name.slice(word.length + 1), value]));
  if (!isTextMap(found)) throw new FirebreakError('wrong-parameter', `${word}.<name>: each ${word} stands once`);
  return { found, rest: Object.fromEntries(all.filter((one) => !isOne(one))) };
}

function isTextMap(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const members: (readonly [string, unknown])[] = Object.entries(value);
  let all = 0;
  return (
    members.length <= MOST_LABELS &&
    members.every(([name, member]) => {
      if (typeof member !== 'string' || member.length > 10_000) return false;
      all += name.length + member.length;
      return all <= MOST_CHARACTERS;
    })
  );
}
