import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { METRICS, RECORDS } from './data-sources.js';

/**
 * Asks for series over the time range.
 *
 * @param expr PromQL; a rate is taken over `$__rate_interval`
 * @param legend what each series is called, with its labels as `{{label}}`
 */
export function over(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(METRICS).expr(expr).legendFormat(legend).range();
}

/** The same, with the traces of single requests as points; for histograms that keep them. */
export function withTraces(expr: string, legend: string): DataqueryBuilder {
  return over(expr, legend).exemplar(true);
}

/** Asks for one value each at the end of the time range. */
export function now(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(METRICS).expr(expr).legendFormat(legend).instant();
}

/** Asks for the rows of a table: a column for each label, and `Value`. */
export function rows(expr: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(METRICS).expr(expr).format(PromQueryFormat.Table).instant();
}

/** Asks Firebreak itself for the rows of a table. */
export function records(expr: string): DataqueryBuilder {
  return rows(expr).datasource(RECORDS);
}

/**
 * How much counters have grown, with those that are new: one that comes into being at 1 has not grown by itself, and for
 * what is rare that is each of them; also where the process that counted is gone. New is only what somebody would have seen
 * before, or what began after that: otherwise a scrape that failed would bring up all that has ever been counted.
 *
 * @param selector of counters
 * @param range `$__rate_interval` for each point of a graph, `$__range` for one figure
 */
export function countOver(selector: string, range: '$__rate_interval' | '$__range' = '$__rate_interval'): string {
  const born = `last_over_time(${selector}[${range}]) unless ${selector} offset ${range}`;
  const started = `last_over_time(process_start_time_seconds{job="$job"}[${range}])`;
  const young = `${started} > time() - ${range === '$__range' ? '$__range_s' : '$__rate_interval_ms / 1000'}`;
  const known = `up{job="$job"} offset ${range} == 1 or ${young}`;
  return `(${born} and on (job, instance) (${known})) or increase(${selector}[${range}])`;
}

/** Alerts that fire, those that wake people first. */
export function gravestFirst(selector: string, by: string): string {
  const alerts = (more: string): string => `max by (${by}) (ALERTS{alertstate="firing",${selector}${more}})`;
  return `sort_desc(3 * ${alerts(',severity="critical"')} or 2 * ${alerts(',severity="warning"')} or ${alerts('')})`;
}
