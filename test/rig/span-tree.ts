import type { ReceivedSpan } from './otlp-spans.js';

const SHOWN = [
  'http.response.status_code',
  'firebreak.plugin',
  'firebreak.part',
  'firebreak.step',
  'firebreak.result',
  'firebreak.sample',
  'firebreak.phase.before',
  'firebreak.phase.after',
  'firebreak.outcome',
  'firebreak.runbook',
  'firebreak.alerts',
  'firebreak.opened',
  'error.type',
] as const;

/** Writes one trace as people read it: who called whom, when, for how long, and what came of it. */
export function spanTree(spans: readonly ReceivedSpan[]): string {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const first = spans.reduce((least, { start }) => (start < least ? start : least), spans[0]?.start ?? 0n);
  const below = (parentId: string | undefined, depth: number): string[] =>
    spans
      .filter((span) => (parentId === undefined ? !known.has(span.parentId) : span.parentId === parentId))
      .toSorted((a, b) => (a.start < b.start ? -1 : 1))
      .flatMap((span) => [line(span, depth, first), ...below(span.spanId, depth + 1)]);
  return below(undefined, 0).join('\n');
}

function line(span: ReceivedSpan, depth: number, first: bigint): string {
  const { name, kind, start, end, attributes, links, resource, isError } = span;
  const about = SHOWN.flatMap((key) =>
    attributes[key] === undefined ? [] : `${key.replace('firebreak.', '')}=${attributes[key]}`,
  );
  const linked = links.map(({ traceId }) => `-> ${traceId.slice(0, 8)}`);
  const at = `+${ms(start - first)}`.padStart(9);
  const what = `${'  '.repeat(depth)}${name}`.padEnd(58);
  return [
    at,
    `${ms(end - start)} ms`.padStart(12),
    ` ${what}`,
    kind.padEnd(9),
    resource['service.instance.id'],
    isError ? 'ERROR' : '',
    ...about,
    ...linked,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function ms(nanoseconds: bigint): string {
  return (Number(nanoseconds) / 1e6).toFixed(1);
}
