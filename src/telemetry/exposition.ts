/** How metrics are written down: OpenMetrics, which has exemplars, or Prometheus' older text format. */
export type Format = 'openmetrics' | 'text';

/** What stands in `Content-Type`. */
export const CONTENT_TYPES = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  text: 'text/plain; version=0.0.4; charset=utf-8',
} as const satisfies { readonly [format in Format]: string };

/**
 * Says which format whoever asks would rather have: OpenMetrics for a Prometheus, the text format for everybody who does not
 * name OpenMetrics or likes the other one better.
 *
 * @param accept the header `Accept`
 */
export function formatFor(accept: string | undefined): Format {
  const wishes = (accept ?? '').split(',').map(readWish);
  const wish = (types: readonly string[]): number =>
    Math.max(0, ...wishes.filter(({ type }) => types.includes(type)).map(({ quality }) => quality));
  const open = wish(['application/openmetrics-text']);
  return open > 0 && open >= wish(['text/plain', 'text/*']) ? 'openmetrics' : 'text';
}

function readWish(text: string): { readonly type: string; readonly quality: number } {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const version = parameters.find((one) => one.startsWith('version='))?.slice('version='.length);
  const quality = Number(parameters.find((one) => one.startsWith('q='))?.slice('q='.length) ?? 1);
  const known = type !== 'application/openmetrics-text' || version === undefined || version === '1.0.0';
  return { type: known ? type : '', quality: Number.isFinite(quality) ? quality : 0 };
}

/** A line with an exemplar: name, labels, value, and what comes behind. */
const WITH_EXEMPLAR = /^([\w:]+(?:\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})? \S+) # \{/;

/**
 * Rewrites OpenMetrics as Prometheus' text format: there are no exemplars and no end mark, and a counter is called as its
 * series are. It is done to the text because a registry of prom-client that has written OpenMetrics once has renamed its
 * counters, and cannot write the other format any more.
 */
export function toTextFormat(openMetrics: string): string {
  const lines = openMetrics.split('\n');
  const counters = new Set(lines.flatMap((line) => /^# TYPE (\S+) counter$/.exec(line)?.[1] ?? []));
  return lines
    .filter((line) => line !== '# EOF')
    .map((line) => (line.startsWith('#') ? titled(line, counters) : withoutExemplar(line)))
    .join('\n');
}

function titled(line: string, counters: ReadonlySet<string>): string {
  const [, word = '', name = '', rest = ''] = /^# (HELP|TYPE) (\S+)(.*)$/.exec(line) ?? [];
  return counters.has(name) ? `# ${word} ${name}_total${rest}` : line;
}

function withoutExemplar(line: string): string {
  return WITH_EXEMPLAR.exec(line)?.[1] ?? line;
}
