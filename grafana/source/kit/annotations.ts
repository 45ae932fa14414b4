import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { METRICS } from './data-sources.js';

/** Draws when Firebreak was at work, as regions on every graph. */
export function remediations(): AnnotationQueryBuilder {
  const expr = 'max by (execution_id, runbook, target) (firebreak_execution_running{job="$job"})';
  return new AnnotationQueryBuilder()
    .name('Remediations')
    .datasource(METRICS)
    .enable(true)
    .iconColor('orange')
    .expr(expr)
    .target(new DataqueryBuilder().datasource(METRICS).expr(expr).range().refId('Remediations'))
    .step('10s')
    .titleFormat('{{runbook}}')
    .textFormat('{{target}} ({{execution_id}})')
    .tagKeys('runbook')
    .useValueForTime(false);
}
