import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseBoard, shippedBoards } from './boards/board.js';
import { lint, RULES } from './boards/rules.js';
import { smallBoard, type SmallBoard } from './boards/small-board.js';
import { projectRoot } from './rig/project.js';

const complaintsOf = ({ parts: _parts, ...board }: SmallBoard, file = 'firebreak-small'): readonly string[] =>
  lint(parseBoard(structuredClone(board)), file);

/** How each rule is broken, by something that stands in its name. */
const BROKEN: readonly [rule: string, how: (board: SmallBoard) => unknown][] = [
  ['classic JSON', (it) => Object.assign(it, { apiVersion: 'dashboard.grafana.app/v2beta1' })],
  ['classic JSON', (it) => Object.assign(it, { panels: [] })],
  ['schemaVersion 39', (it) => (it.schemaVersion = 42)],
  ['no id and no version', (it) => Object.assign(it, { id: 7 })],
  ['no id and no version', (it) => Object.assign(it, { version: 3 })],
  ['a readable uid', (it) => (it.uid = 'c7f2b0d4')],
  ['a readable uid', (it) => (it.uid = 'firebreak-other')],
  ['not editable', (it) => (it.editable = true)],
  ['one crosshair', (it) => (it.graphTooltip = 0)],
  ['the time of the browser', (it) => (it.timezone = 'utc')],
  ['brings itself up to date', (it) => (it.refresh = '')],
  ['has the tag', (it) => (it.tags = ['other'])],
  ['one menu of boards', (it) => (it.links = [])],
  ['one menu of boards', (it) => it.links.push(it.parts.own)],
  ['one menu of boards', (it) => (it.parts.own.keepTime = false)],
  ['one menu of boards', (it) => (it.parts.own.includeVars = false)],
  ['one menu of boards', (it) => (it.parts.own.tags = ['others'])],
  ['variables:', (it) => it.templating.list.reverse()],
  ['variables:', (it) => (it.parts.variable.refresh = 1)],
  ['variables:', (it) => (it.parts.variable.datasource = { type: 'prometheus', uid: 'abc' })],
  ['only variables that are there', (it) => (it.parts.table.targets[0]!.expr = 'up{job="$jobs"}')],
  ['remediations', (it) => (it.annotations.list = [])],
  ['remediations', (it) => (it.parts.annotation.expr = 'ALERTS')],
  ['remediations', (it) => (it.parts.annotation.datasource = { type: 'prometheus', uid: 'abc' })],
  ['no token', (it) => (it.parts.link.url = 'http://localhost:9700/executions')],
  ['no token', (it) => it.parts.button.fetch.headers.push(['Authorization', 'Bearer x'])],
  ['every panel has a title', (it) => (it.parts.table.title = ' ')],
  ['every panel has a title', (it) => (it.parts.closed.description = '')],
  ['every panel has a unit', (it) => Object.assign(it.parts.lines.fieldConfig, { defaults: {} })],
  ['ids of panels', (it) => (it.parts.lines.id = 2)],
  ['ids of panels', (it) => (it.parts.closed.id = 2)],
  ['ids of panels', (it) => Object.assign(it.parts.lines, { id: undefined })],
  ['titles of panels', (it) => (it.parts.closed.title = 'Alerts')],
  ['every query has a name', (it) => Object.assign(it.parts.lines.targets[0]!, { refId: undefined })],
  ['every query has a name', (it) => it.parts.table.targets.push(it.parts.table.targets[0]!)],
  ['every query has a name', (it) => (it.parts.table.targets = [])],
  ['every query has a name', (it) => (it.parts.table.targets[0]!.expr = ' ')],
  ['every query has a name', (it) => Object.assign(it.parts.table.targets[0]!, { datasource: { uid: 'prometheus' } })],
  ['every query has a name', (it) => Object.assign(it.parts.table, { datasource: { uid: 'prometheus' } })],
  ['rates are taken', (it) => (it.parts.table.targets[0]!.expr = 'sum(rate(x_total{job="$job"}[5m]))')],
  ['rates are taken', (it) => (it.parts.annotation.expr = 'rate(firebreak_executions_total[30s])')],
  ['one large figure', (it) => Object.assign(it.parts.lines, { type: 'stat' })],
  ['what may be no number', (it) => (it.parts.lines.targets[0]!.expr = quantile('rate(x_bucket[$__rate_interval])'))],
  ['what may be no number', (it) => (it.parts.table.targets[0]!.expr = 'max(firebreak:recovery_seconds:p95_1d)')],
  ['what may be no number', (it) => (it.parts.table.targets[0]!.expr = 'firebreak:http_errors:ratio_rate5m')],
  ['only settings of fields', (it) => it.parts.linked.properties.push({ id: 'custom.widht', value: 80 })],
  ['only settings of fields', (it) => it.parts.linked.properties.push({ id: 'custom.lineStyle', value: {} })],
  ['only settings of fields', (it) => it.parts.linked.properties.push({ id: 'unit', value: 'seconds' })],
  ['only settings of fields', (it) => Object.assign(it.parts.lines.fieldConfig.defaults, { custom: { fill: 10 } })],
  ['only settings of fields', (it) => (it.parts.linked.matcher.id = 'byNames')],
  ['only transformations', (it) => Object.assign(it.parts.table, { transformations: [{ id: 'organise' }] })],
  [
    'only transformations',
    (it) => Object.assign(it.parts.table, { transformations: [{ id: 'organize', options: { indexBy: {} } }] }),
  ],
  [
    'lines of a Canvas',
    (it) => Object.assign(it.parts.lines, onCanvas({ type: 'text', connections: [{ targetName: 'b' }] })),
  ],
  ['panels lie beside', (it) => (it.parts.lines.gridPos.x = 11)],
  ['panels lie beside', (it) => (it.parts.lines.gridPos.w = 13)],
  ['panels lie beside', (it) => (it.parts.closed.gridPos.w = 25)],
  ['a row that is closed', (it) => Object.assign(it.panels[3]!, { collapsed: false })],
  ['a row that is closed', (it) => Object.assign(it.panels[0]!, { collapsed: undefined })],
  ['buttons only in kinds', (it) => (it.parts.table.type = 'stat')],
  ['in a table the same field', (it) => it.parts.override.properties.splice(0, 1)],
  ['in a table the same field', (it) => it.parts.override.properties.splice(1, 1)],
  [
    'in a table the same field',
    (it) => Object.assign(it.parts.table.fieldConfig.defaults, { actions: [it.parts.button] }),
  ],
  [
    'a cell of buttons has no links',
    (it) => it.parts.override.properties.push({ id: 'links', value: [it.parts.link] }),
  ],
  ['no button element', (it) => Object.assign(it.parts.lines, onCanvas({ type: 'button', name: 'Go' }))],
  [
    'no element of a Canvas acts',
    (it) => Object.assign(it.parts.lines, onCanvas({ type: 'ellipse', name: 'a', oneClickMode: 'action' })),
  ],
  ['every button asks', (it) => (it.parts.button.confirmation = '')],
  ['every button asks', (it) => (it.parts.button.oneClick = true)],
  [
    'every button asks',
    (it) =>
      Object.assign(
        it.parts.lines,
        onCanvas({ type: 'ellipse', name: 'a', actions: [{ ...it.parts.button, confirmation: '' }] }),
      ),
  ],
  ['buttons are POSTs', (it) => (it.parts.button.type = 'infinity')],
  ['buttons are POSTs', (it) => (it.parts.button.fetch.method = 'DELETE')],
  ['buttons are POSTs', (it) => (it.parts.button.fetch.url = '/api/v1/executions')],
  ['buttons are POSTs', (it) => (it.parts.button.fetch.url = '//evil.test/firebreak/api/v1/executions')],
  ['buttons are POSTs', (it) => (it.parts.button.fetch.headers = [])],
  [
    'what stands in a path',
    (it) => (it.parts.button.fetch.url = '/firebreak/api/v1/executions/${__data.fields.id}/approve'),
  ],
  [
    'what stands in a path',
    (it) => it.parts.button.fetch.queryParams.push(['label.x', '${__data.fields.x:percentencode}']),
  ],
  ['what stands in a path', (it) => (it.parts.button.fetch.body = '{"x":"${__data.fields.x}"}')],
  ['the path of a link', (it) => (it.parts.link.url = '${console:raw}/executions/${__data.fields.id}')],
  ['the path of a link', (it) => (it.parts.link.url = '/elsewhere')],
  ['where the console is', (it) => Object.assign(it.templating.list.at(-1)!, { skipUrlSync: false })],
  ['every button has a link', (it) => it.parts.linked.properties.splice(0, 1)],
  ['a button that asks for', (it) => (it.parts.button.fetch.queryParams = [])],
];

function quantile(buckets: string): string {
  return `histogram_quantile(0.99, sum by (le) (${buckets}))`;
}

function onCanvas(element: object): object {
  return { type: 'canvas', options: { root: { elements: [element] } } };
}

describe('the linter of boards', () => {
  it('finds nothing to say about a good board', () => {
    expect(complaintsOf(smallBoard())).toEqual([]);
  });

  it.each(BROKEN.map(([rule, how], i) => [i + 1, rule, how] as const))(
    '%i: says "%s..." of a board that breaks it',
    (_, rule, how) => {
      const board = smallBoard();
      how(board);
      const complaints = complaintsOf(board);
      expect(complaints.filter((one) => one.startsWith(rule))).not.toEqual([]);
    },
  );

  it('has a broken board for every rule', () => {
    const unbroken = RULES.filter(({ name }) => !BROKEN.some(([rule]) => name.startsWith(rule)));
    expect(unbroken.map(({ name }) => name)).toEqual([]);
  });
});

describe('the snippets for boards of your own', () => {
  const snippet = (name: string): unknown =>
    JSON.parse(readFileSync(join(projectRoot, 'grafana', 'snippets', `${name}.json`), 'utf8'));

  it('the buttons keep every rule', () => {
    const board = smallBoard();
    const cell = { id: 'custom.cellOptions', value: { type: 'actions' } };
    board.parts.override.properties.splice(0, 2, cell, { id: 'actions', value: snippet('actions') });
    expect(complaintsOf(board)).toEqual([]);
  });

  it('the annotation keeps every rule but one: a board of your own may have no variable for its data source', () => {
    const board = smallBoard();
    Object.assign(board.parts.annotation, snippet('annotation'));
    expect(complaintsOf(board)).toEqual(['remediations are drawn on it: their data source is fixed']);
  });
});

describe('the boards that are shipped', () => {
  const boards = shippedBoards();
  it.each([...boards])('%s keeps every rule', (file, board) => expect(lint(board, file)).toEqual([]));

  it('are the six of the menu', () => {
    expect([...boards.keys()]).toEqual([
      'firebreak-centers',
      'firebreak-config-health',
      'firebreak-executions',
      'firebreak-overview',
      'firebreak-recovery',
      'firebreak-runbooks',
    ]);
  });
});
