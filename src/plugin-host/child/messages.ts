import { z } from 'zod';
import type { Json } from '../../core/json.js';
import type { Message } from '../../plugin-sdk/call.js';

/** Anything that came out of `readJson`; absent is not JSON. */
export const anyJson = z.custom<Json>((value) => value !== undefined);
/** Counts first: of ten thousand wrong members each would be explained. */
const few = <O, I>(most: number, all: z.ZodType<O, I>) =>
  z
    .custom<I>((value) => typeof value === 'object' && value !== null && Object.keys(value).length <= most, {
      error: `is no list or map of at most ${most}`,
    })
    .pipe(all);
const texts = z.record(z.string(), z.string());
const number = z.int().nonnegative();

/** Why a call failed, so that the other side can throw the same. */
const failure = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('plugin'), code: z.string(), message: z.string(), again: z.boolean() }),
  z.object({
    kind: z.literal('shape'),
    issues: few(
      100,
      z.array(z.object({ path: few(100, z.array(z.union([z.string(), z.number()]))), message: z.string() })),
    ),
  }),
  z.object({ kind: z.literal('other'), message: z.string() }),
]);
/** Why a call failed, as it is sent. */
export type SentFailure = z.infer<typeof failure>;

const verb = z.enum(['check', 'plan', 'apply', 'verify', 'revert', 'measure', 'send']);
/** What can be asked of a part of a plugin. */
export type Verb = z.infer<typeof verb>;

const change = z.object({ resource: z.string(), attribute: z.string(), from: anyJson, to: anyJson });

/** What a call carries beside its parameters, as far as it is data. */
const about = z.object({
  alert: z.object({ fingerprint: z.string(), labels: texts, annotations: texts }).optional(),
  earlier: z.array(change).optional(),
  key: z.string().optional(),
  epoch: z.number().optional(),
  lifting: z.boolean().optional(),
  /** Headers for the requests that are made for it. */
  sentOn: few(10, texts).optional(),
});

const called = z.object({
  order: z.literal('call'),
  id: number,
  kind: z.enum(['action', 'probe', 'notifier']),
  part: z.string(),
  verb,
  params: anyJson.optional(),
  before: anyJson.optional(),
  message: z.custom<Message>((value) => typeof value === 'object').optional(),
  about,
});
/** One call, as it is sent to the child. */
export type CallOrder = z.infer<typeof called>;

/** What the service tells the child. */
export const orderSchema = z.discriminatedUnion('order', [
  z.object({ order: z.literal('load'), entry: z.string(), from: z.string() }),
  z.object({ order: z.literal('start'), config: anyJson }),
  called,
  z.object({ order: z.literal('abort'), id: number, because: z.string() }),
  z.object({ order: z.literal('answer'), question: number, value: anyJson.optional(), failure: failure.optional() }),
  z.object({ order: z.literal('ping') }),
  z.object({ order: z.literal('close') }),
]);
/** What the service tells the child. */
export type Order = z.infer<typeof orderSchema>;

const partName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
const summary = z.string().max(500);
const parameters = z.record(z.string(), anyJson);
const MOST_PARTS = 100;
const parts = <T extends z.ZodType>(part: T) => few(MOST_PARTS, z.record(partName, part));

/** What a plugin gives, without its functions. */
export const providedSchema = z.object({
  actions: parts(
    z.object({
      summary,
      risk: z.enum(['low', 'medium', 'high']),
      idempotency: z.enum(['native-key', 'conditional', 'natural', 'none']),
      reversible: z.boolean(),
      params: parameters,
    }),
  ),
  probes: parts(z.object({ summary, params: parameters })),
  notifiers: parts(z.object({ summary })),
});
/** What a plugin gives, without its functions. */
export type ProvidedParts = z.infer<typeof providedSchema>;

/** What the child says; everything else is rubbish. */
export const sayingSchema = z.discriminatedUnion('say', [
  z.object({ say: z.literal('ready') }),
  z.object({
    say: z.literal('loaded'),
    id: partName,
    version: z.string().regex(/^[\w.+-]{1,63}$/),
  }),
  z.object({ say: z.literal('started'), provided: providedSchema, secrets: few(1_000, z.array(z.string())) }),
  z.object({ say: z.literal('refused'), failure }),
  z.object({ say: z.literal('result'), id: number, value: anyJson }),
  z.object({ say: z.literal('failure'), id: number, failure }),
  z.object({ say: z.literal('ask'), id: number, question: number, what: z.enum(['fence', 'measure']) }),
  z.object({
    say: z.literal('log'),
    id: number.optional(),
    level: z.enum(['info', 'warn']),
    message: z.string(),
    fields: z.record(z.string(), anyJson).optional(),
  }),
  z.object({ say: z.literal('pong') }),
]);
/** What the child says. */
export type Saying = z.infer<typeof sayingSchema>;
