import type { Row } from '../../kit/board.js';
import { series } from '../../kit/panels.js';
import { over } from '../../kit/queries.js';

const each = (title: string, description: string, unit: string, expr: string) =>
  series({ title, description, unit, width: 8, height: 7, empty: 'no process is scraped' }).withTarget(
    over(expr, '{{instance}}'),
  );

/** What Node.js says about each process. */
export const runtime: Row = {
  title: 'Runtime',
  collapsed: true,
  panels: [
    each(
      'Processor',
      'Seconds of processor time that each process uses per second; one that stays at 1 is busy with nothing but computing.',
      'percentunit',
      'sum by (instance) (rate(process_cpu_seconds_total{job="$job"}[$__rate_interval]))',
    ),
    each(
      'Memory',
      'Memory that the system gives to each process.',
      'bytes',
      'sum by (instance) (process_resident_memory_bytes{job="$job"})',
    ),
    each(
      'Heap in use',
      'What JavaScript holds. A line that only ever grows is a leak.',
      'bytes',
      'sum by (instance) (nodejs_heap_size_used_bytes{job="$job"})',
    ),
    each(
      'Event loop',
      'How late timers run, 99th percentile. Above 0.1 s everything waits: answers, deadlines, heartbeats.',
      's',
      'max by (instance) (nodejs_eventloop_lag_p99_seconds{job="$job"})',
    ),
    each(
      'Garbage collection',
      'Seconds that each process collects garbage per second.',
      'percentunit',
      'sum by (instance) (rate(nodejs_gc_duration_seconds_sum{job="$job"}[$__rate_interval]))',
    ),
    each(
      'Open resources',
      'Connections, timers and files that keep each process busy. A line that only ever grows is a leak.',
      'short',
      'sum by (instance) (nodejs_active_resources{job="$job"})',
    ),
    series({
      title: 'Processes',
      description:
        'How many processes of which version answer. Two versions for more than a roll-out are one too many.',
      unit: 'short',
      width: 12,
      height: 6,
      empty: 'no process is scraped',
    }).withTarget(over('count by (version) (firebreak_build_info{job="$job"})', '{{version}}')),
    series({
      title: 'Series that are left out',
      description:
        'Metrics that name single things are limited to 100 series each. What is left out of them, per second of scraping, is missing in graphs and annotations, but never in tables of records.',
      unit: 'short',
      width: 12,
      height: 6,
      empty: 'nothing is left out',
    }).withTarget(
      over(
        'max by (metric) (rate(firebreak_info_series_dropped_total{job="$job"}[$__rate_interval])) > 0',
        '{{metric}}',
      ),
    ),
  ],
};
