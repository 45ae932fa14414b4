/** A board that keeps all rules: what the linter's own tests break, one rule at a time. */
export function smallBoard() {
  const metrics = { type: 'prometheus', uid: '${datasource}' };
  const button = {
    type: 'fetch',
    title: 'Approve',
    confirmation: 'Approve ${__data.fields.runbook}?',
    oneClick: false,
    fetch: {
      method: 'POST',
      url: '/firebreak/api/v1/executions/${__data.fields.execution_id:percentencode}/approve',
      queryParams: [['reason', '$reason']],
      headers: [['Content-Type', 'application/json']],
      body: '{}',
    },
    variables: [{ key: 'reason', name: 'Reason', type: 'string' }],
  };
  const link = {
    title: 'Open',
    url: '${console:raw}/executions/${__data.fields.execution_id:percentencode}/approve',
    targetBlank: true,
  };
  const override = {
    matcher: { id: 'byName', options: 'execution_id' },
    properties: [
      { id: 'custom.cellOptions', value: { type: 'actions' } },
      { id: 'actions', value: [button] },
    ] as { id: string; value: unknown }[],
  };
  const linked = {
    matcher: { id: 'byName', options: 'runbook' },
    properties: [{ id: 'links', value: [link] }] as { id: string; value: unknown }[],
  };
  const table = {
    type: 'table',
    id: 2,
    title: 'Waiting',
    description: 'What waits for a person, the oldest first.',
    gridPos: { x: 0, y: 1, w: 12, h: 8 },
    targets: [
      {
        refId: 'A',
        expr: 'firebreak_pending_approval_info{job="$job"}',
        datasource: metrics,
        instant: true,
        format: 'table',
      },
    ],
    fieldConfig: { defaults: { unit: 'short' }, overrides: [override, linked] },
  };
  const lines = {
    type: 'timeseries',
    id: 3,
    title: 'Alerts',
    description: 'How many alerts come in, by where they come from.',
    gridPos: { x: 12, y: 1, w: 12, h: 8 },
    targets: [
      {
        refId: 'A',
        expr: 'sum by (source) (rate(firebreak_alerts_received_total{job="$job"}[$__rate_interval]))',
        datasource: metrics,
        range: true,
      },
    ],
    fieldConfig: { defaults: { unit: 'reqps' }, overrides: [] as object[] },
  };
  const closed = { ...lines, id: 5, title: 'Inner', gridPos: { x: 0, y: 10, w: 12, h: 8 } };
  const row = (id: number, y: number, panels: object[] = []) => ({
    type: 'row',
    id,
    title: `Row ${id}`,
    collapsed: panels.length > 0,
    gridPos: { x: 0, y, w: 24, h: 1 },
    panels,
  });
  const own = { type: 'dashboards', tags: ['firebreak'], asDropdown: true, includeVars: true, keepTime: true };
  const variable = { name: 'job', type: 'query', datasource: metrics, refresh: 2, query: 'label_values(up, job)' };
  const annotation = { name: 'Remediations', datasource: metrics, expr: 'firebreak_execution_running', step: '10s' };
  return {
    uid: 'firebreak-small',
    title: 'Small',
    schemaVersion: 39,
    editable: false,
    graphTooltip: 1,
    timezone: 'browser',
    refresh: '10s',
    tags: ['firebreak'],
    links: [own],
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', query: 'prometheus' },
        variable,
        { ...variable, name: 'console', query: 'label_values(firebreak_console_info, url)', skipUrlSync: true },
      ],
    },
    annotations: { list: [annotation] },
    panels: [row(1, 0), table, lines, row(4, 9, [closed])],
    parts: { table, lines, closed, button, link, override, linked, own, variable, annotation },
  };
}

/** What can be broken of it. */
export type SmallBoard = ReturnType<typeof smallBoard>;
