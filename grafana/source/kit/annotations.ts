import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { METRICS } from './data-sources.js';

/**
 * Draws when Firebreak was at work, as regions on every graph.
 *
 * @param source of the metrics
 * @param matchers which Firebreak, such as `{job="$job"}`
 */
export function remediations(
  source: DataSourceRef = METRICS,
  matchers: string = '{job="$job"}',
): AnnotationQueryBuilder {
  const expr = `max by (execution_id, runbook, target) (firebreak_execution_running${matchers})`;
  return new AnnotationQueryBuilder()
    .name('Remediations')
    .datasource(source)
    .enable(true)
    .iconColor('orange')
    .expr(expr)
    .target(new DataqueryBuilder().datasource(source).expr(expr).range().interval('10s').refId('Remediations'))
    .step('10s')
    .titleFormat('{{runbook}}')
    .textFormat('{{target}} ({{execution_id}})')
    .tagKeys('runbook')
    .useValueForTime(false);
}
