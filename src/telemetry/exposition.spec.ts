import { describe, expect, it } from 'vitest';
import { formatFor, toTextFormat } from './exposition.js';
import { Instruments } from './instruments.js';
import { capped, closed } from './label-set.js';

/** What Prometheus 2.42 and 3 send, and what does not want OpenMetrics. */
const ACCEPTS: readonly (readonly [string | undefined, 'openmetrics' | 'text'])[] = [
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'openmetrics',
  ],
  [
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4,*/*;q=0.2',
    'openmetrics',
  ],
  ['application/openmetrics-text; version=1.0.0; charset=utf-8', 'openmetrics'],
  ['application/openmetrics-text', 'openmetrics'],
  ['text/plain;version=0.0.4;q=0.9, application/openmetrics-text;version=1.0.0;q=0.2', 'text'],
  ['application/openmetrics-text;version=0.0.1', 'text'],
  ['application/openmetrics-text;q=0, */*', 'text'],
  ['application/openmetrics-text;q=nonsense', 'text'],
  ['text/plain', 'text'],
  ['*/*', 'text'],
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'text'],
  ['', 'text'],
  [undefined, 'text'],
];

const HOSTILE = 'a" # {trace_id="x"} 1\\\n} 2';

async function written(): Promise<string> {
  const make = new Instruments();
  make.counter('things_total', 'Things', { name: capped(5) })({ name: HOSTILE });
  const measure = make.histogram('wait_seconds', 'Waits', { name: capped(5) }, [1, 2]);
  measure({ name: HOSTILE }, 1.5, { trace_id: '0af7651916cd43dd8448eb211c80319c', execution_id: 'e1' });
  make.histogram('idle_seconds', 'Never measured', {}, [1]);
  make.gauge('present', 'Present', ['name', 'kind'], 50, () => [{ labels: { name: HOSTILE, kind: 'b' }, value: 3 }]);
  make.number('nothing', 'Says nothing', () => undefined);
  return make.registry.metrics();
}

describe('the formats of /metrics', () => {
  it.each(ACCEPTS)('for "%s" it is %s', (accept, format) => {
    expect(formatFor(accept)).toBe(format);
  });

  it('are OpenMetrics with exemplars, and the text format with the same series and none', async () => {
    const open = await written();
    const label = String.raw`name="a\" # {trace_id=\"x\"} 1\\\n} 2"`;
    const exemplar = '# {trace_id="0af7651916cd43dd8448eb211c80319c",execution_id="e1"} 1.5 ';
    expect(open).toContain('# TYPE firebreak_things counter\n');
    expect(open).toContain(`firebreak_things_total{${label}} 1\n`);
    expect(open).toContain(`firebreak_wait_seconds_bucket{le="2",${label}} 1 ${exemplar}`);
    expect(open).toMatch(/# EOF\n$/);
    expect(toTextFormat(open).split('\n')).toEqual([
      '# HELP firebreak_info_series_dropped_total Series that were left out because a metric names no more things, counted at each scrape',
      '# TYPE firebreak_info_series_dropped_total counter',
      'firebreak_info_series_dropped_total{metric="firebreak_present"} 0',
      '# HELP firebreak_things_total Things',
      '# TYPE firebreak_things_total counter',
      `firebreak_things_total{${label}} 1`,
      '# HELP firebreak_wait_seconds Waits',
      '# TYPE firebreak_wait_seconds histogram',
      `firebreak_wait_seconds_bucket{le="1",${label}} 0`,
      `firebreak_wait_seconds_bucket{le="2",${label}} 1`,
      `firebreak_wait_seconds_bucket{le="+Inf",${label}} 1`,
      `firebreak_wait_seconds_sum{${label}} 1.5`,
      `firebreak_wait_seconds_count{${label}} 1`,
      '# HELP firebreak_idle_seconds Never measured',
      '# TYPE firebreak_idle_seconds histogram',
      'firebreak_idle_seconds_bucket{le="1"} 0',
      'firebreak_idle_seconds_bucket{le="+Inf"} 0',
      'firebreak_idle_seconds_sum 0',
      'firebreak_idle_seconds_count 0',
      '# HELP firebreak_present Present',
      '# TYPE firebreak_present gauge',
      `firebreak_present{${label},kind="b"} 3`,
      '# HELP firebreak_nothing Says nothing',
      '# TYPE firebreak_nothing gauge',
      '',
    ]);
  });
});

describe('the labels', () => {
  it('I15: of a closed set have no other value, and of a capped one the first that came', () => {
    const phase = closed(['open', 'shut']);
    expect(['open', 'shut', 'planted', ''].map(phase.take)).toEqual(['open', 'shut', 'others', 'others']);
    const name = capped(2);
    expect(['', 'a', 'b', 'c', 'a', 'd', ''].map(name.take)).toEqual(['', 'a', 'b', 'others', 'a', 'others', '']);
    expect(name.most).toBe(4);
  });

  it('I15: are cut off where they would be texts', () => {
    expect(capped(1).take('x'.repeat(10_000))).toHaveLength(128);
  });

  it('I15: together make no more series than there are combinations', async () => {
    const make = new Instruments();
    const count = make.counter('pairs_total', 'Pairs', { a: capped(100), b: capped(100) }, 50);
    for (let i = 0; i < 10_000; i++) count({ a: `a${i % 100}`, b: `b${Math.floor(i / 100)}` });
    const lines = (await make.registry.metrics()).match(/^firebreak_pairs_total\{.*$/gm) ?? [];
    expect(lines).toHaveLength(51);
    expect(lines).toContain('firebreak_pairs_total{a="others",b="others"} 9950');
    expect(make.mostSeries).toBe(51);
  });
});
