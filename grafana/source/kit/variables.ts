import {
  ConstantVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import { METRICS } from './data-sources.js';

/** What makes a variable of a board. */
export interface Variable {
  build(): VariableModel;
}

/** What every board starts with: where its figures come from, which Firebreak, and where that one's console is. */
export function commonVariables(): Variable[] {
  return [
    new DatasourceVariableBuilder('datasource').label('Metrics').type('prometheus').regex('/^(?!Firebreak)/'),
    new DatasourceVariableBuilder('firebreak').label('Records').type('prometheus').regex('/^Firebreak/'),
    chosen('job', { label: 'Job', query: 'label_values(firebreak_build_info, job)' }),
    unseen(chosen('console', { label: 'Console', query: 'label_values(firebreak_console_info{job="$job"}, url)' })),
  ];
}

/** How a variable is filled. */
export interface Choice {
  readonly label: string;
  /** A `label_values(...)` or `query_result(...)`. */
  readonly query: string;
  /** Who is asked; the metrics' data source if it is not said. */
  readonly source?: DataSourceRef;
  /** Whether the last one comes first. */
  readonly lastFirst?: boolean;
}

/** A variable of which exactly one value is chosen. */
export function chosen(
  name: string,
  { label, query, source = METRICS, lastFirst = false }: Choice,
): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(source)
    .query({ query, refId: `variable-${name}` })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(lastFirst ? VariableSort.AlphabeticalDesc : VariableSort.AlphabeticalAsc);
}

/**
 * What `$reason` is in buttons when nobody was asked for one, before Grafana 12.1: nothing. Without it the text `$reason`
 * itself would be sent.
 */
export function noReason(): Variable {
  return unseen(new ConstantVariableBuilder('reason').value(''));
}

/** Nor may anybody say what it is by sending somebody a link to the board: links lead where the console is said to be. */
function unseen(builder: Variable): Variable {
  return { build: () => ({ ...builder.build(), hide: VariableHide.HideVariable, skipUrlSync: true }) };
}

/** A variable of which some or all values are chosen; read it with `=~"$name"`. */
export function some(name: string, choice: Choice): QueryVariableBuilder {
  return chosen(name, choice).multi(true).includeAll(true).allValue('.*').current({ text: 'All', value: '$__all' });
}
