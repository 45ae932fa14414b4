import { z } from 'zod';
import { Fields } from './otlp-protobuf.js';

/** A value of an attribute. */
export type Attribute = string | number | boolean | undefined;

/** Attributes by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** A span as a collector gets it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root. */
  readonly parentId: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** Nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Attributes;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly isError: boolean;
  readonly message: string;
  /** Of the process that sent it. */
  readonly resource: Attributes;
}

const KINDS = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const ERROR = 2;

/** Reads what is posted to `/v1/traces` as `application/x-protobuf`: an ExportTraceServiceRequest. */
export function spansInProtobuf(body: Uint8Array): ReceivedSpan[] {
  return new Fields(body).messages(1).flatMap((group) => {
    const resource = attributesIn(group.messages(1)[0]?.messages(1) ?? []);
    return group.messages(2).flatMap((scope) => scope.messages(2).map((span) => spanIn(span, resource)));
  });
}

function spanIn(span: Fields, resource: Attributes): ReceivedSpan {
  const [status] = span.messages(15);
  return {
    traceId: span.hex(1),
    spanId: span.hex(2),
    parentId: span.hex(4),
    name: span.text(5) ?? '',
    kind: KINDS[Number(span.integer(6) ?? 0)] ?? 'internal',
    start: span.integer(7) ?? 0n,
    end: span.integer(8) ?? 0n,
    attributes: attributesIn(span.messages(9)),
    links: span.messages(13).map((link) => ({ traceId: link.hex(1), spanId: link.hex(2) })),
    isError: Number(status?.integer(3) ?? 0) === ERROR,
    message: status?.text(2) ?? '',
    resource,
  };
}

function attributesIn(pairs: readonly Fields[]): Attributes {
  return Object.fromEntries(pairs.map((pair) => [pair.text(1) ?? '', valueIn(pair.messages(2)[0])]));
}

function valueIn(value: Fields | undefined): Attribute {
  const text = value?.text(1);
  if (text !== undefined) return text;
  const truth = value?.integer(2);
  if (truth !== undefined) return truth === 1n;
  const whole = value?.integer(3);
  if (whole !== undefined) return Number(BigInt.asIntN(64, whole));
  const bits = value?.integer(4);
  return bits === undefined ? undefined : new Float64Array(BigUint64Array.of(bits).buffer)[0];
}

const jsonAttributes = z
  .array(
    z.object({
      key: z.string(),
      value: z.looseObject({
        stringValue: z.string().optional(),
        boolValue: z.boolean().optional(),
        intValue: z.coerce.number().optional(),
        doubleValue: z.number().optional(),
      }),
    }),
  )
  .default([])
  .transform((pairs): Attributes =>
    Object.fromEntries(
      pairs.map(({ key, value: { stringValue, boolValue, intValue, doubleValue } }) => [
        key,
        stringValue ?? boolValue ?? intValue ?? doubleValue,
      ]),
    ),
  );

const jsonBody = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: jsonAttributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().default(''),
              name: z.string(),
              kind: z.number(),
              startTimeUnixNano: z.coerce.bigint(),
              endTimeUnixNano: z.coerce.bigint(),
              attributes: jsonAttributes,
              links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
              status: z.object({ code: z.number().optional(), message: z.string().optional() }).default({}),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** Reads the same as JSON. */
export function spansInJson(body: Uint8Array): ReceivedSpan[] {
  const { resourceSpans } = jsonBody.parse(JSON.parse(new TextDecoder().decode(body)));
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ parentSpanId, kind, startTimeUnixNano, endTimeUnixNano, status, ...span }) => ({
        ...span,
        parentId: parentSpanId,
        kind: KINDS[kind] ?? 'internal',
        start: startTimeUnixNano,
        end: endTimeUnixNano,
        isError: status.code === ERROR,
        message: status.message ?? '',
        resource: resource.attributes,
      })),
    ),
  );
}
