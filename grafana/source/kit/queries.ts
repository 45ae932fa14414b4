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

/** Asks Firebreak itself for series over the time range. */
export function recordsOver(expr: string, legend: string): DataqueryBuilder {
  return over(expr, legend).datasource(RECORDS);
}

/**
 * How much counters have grown, with those that are new: one that comes into being at 1 has not grown by itself, and for
 * what is rare that is each of them.
 *
 * @param selector of counters
 * @param range `$__rate_interval` for each point of a graph, `$__range` for one figure
 */
export function countOver(selector: string, range: '$__rate_interval' | '$__range' = '$__rate_interval'): string {
  return `(${selector} unless ${selector} offset ${range}) or increase(${selector}[${range}])`;
}
