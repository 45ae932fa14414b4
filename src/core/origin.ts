/** The request and the trace that an execution began with; what began before there were any has none. */
export interface Origin {
  /** As the sender gave it in `X-Request-ID`, or as it was made at the edge. */
  readonly requestId?: string;
  /** The span under which everything of the execution stands, as W3C writes it; absent while nothing is traced. */
  readonly traceparent?: string;
  /** What other systems have noted for this trace, as it came: passed on beside `traceparent`, and read by nobody here. */
  readonly tracestate?: string;
  /** As the sender gave it in `X-Trace-ID`, or as it was made at the edge; absent when `traceparent` says the same. */
  readonly traceId?: string;
}

/** One span, as it is named to others. */
export interface SpanName {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Whether somebody keeps this trace. */
  readonly sampled: boolean;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;
const LONGEST = 128;

/** Reads a `traceparent` as W3C writes it; undefined for whatever is none, which is then ignored. */
export function readTraceparent(text: string | undefined): SpanName | undefined {
  if (text === undefined || text.length > LONGEST) return undefined;
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  // the first version has nothing behind its flags
  if (text.startsWith('00') && text.length !== 55) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Writes a `traceparent`. */
export function writeTraceparent({ traceId, spanId, sampled }: SpanName): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

const KEY = '(?:[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})';
const MEMBER = new RegExp(`^(${KEY})=[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e]$`);
const STATE = { length: 512, members: 32 };

/** Gives a `tracestate` that can be passed on; undefined for one that W3C does not know as such, of which no part is. */
export function readTracestate(text: string | undefined): string | undefined {
  if (text === undefined || text.length > STATE.length) return undefined;
  const members = text.split(',').map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''));
  const keys = members.filter((member) => member !== '').map((member) => MEMBER.exec(member)?.[1]);
  if (keys.length === 0 || keys.length > STATE.members || keys.includes(undefined)) return undefined;
  return new Set(keys).size === keys.length ? text : undefined;
}

/** Tells whether a text can be the id of a trace. */
export function isTraceId(text: string): boolean {
  return /^(?!0{32})[0-9a-f]{32}$/.test(text);
}
