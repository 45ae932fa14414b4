import { panelsOf, type Board, type Panel } from './board.js';
import { byVariable, unless, type Rule } from './rule.js';

/** Kinds that show no figures. */
const WITHOUT_UNIT = new Set(['text', 'row', 'canvas']);
const WITHOUT_QUERY = new Set(['text', 'row', 'dashlist', 'alertlist']);
const HOUR = 3_600;
const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: HOUR, d: 24 * HOUR, w: 168 * HOUR };

const each =
  (complaints: (panel: Panel) => readonly string[]): Rule['complaints'] =>
  (board) =>
    panelsOf(board).flatMap((panel) => complaints(panel).map((one) => `${panel.title || '?'}: ${one}`));

/** What holds for the panels of a board. */
export const PANEL_RULES: readonly Rule[] = [
  {
    name: 'every panel has a title and says what it shows',
    complaints: each(({ title, description }) => [
      ...unless(title.trim() !== '', 'no title'),
      ...unless(description.trim().length >= 20, 'no description'),
    ]),
  },
  {
    name: 'every panel has a unit',
    complaints: each(({ type, fieldConfig: { defaults } }) =>
      unless(WITHOUT_UNIT.has(type) || (defaults.unit ?? '') !== '', 'none'),
    ),
  },
  {
    name: 'ids of panels are there once',
    complaints: (board) => {
      const ids = [...board.panels, ...board.panels.flatMap(({ panels }) => panels)].map(({ id }) => id);
      return [
        ...unless(
          ids.every((id) => id !== undefined && Number.isInteger(id) && id > 0),
          'one is missing',
        ),
        ...unless(new Set(ids).size === ids.length, 'one is there twice'),
      ];
    },
  },
  {
    name: 'titles of panels are there once, since links and people name them',
    complaints: (board) => {
      const titles = panelsOf(board).map(({ title }) => title);
      return titles.filter((title, i) => titles.indexOf(title) !== i);
    },
  },
  {
    name: 'every query has a name of its own, something to ask, and a data source that is chosen above',
    complaints: each(({ type, targets, datasource }) => [
      ...unless(WITHOUT_QUERY.has(type) || targets.length > 0, 'no query'),
      ...targets.flatMap(({ refId, expr, datasource: own }) => [
        ...unless((refId ?? '') !== '', 'no refId'),
        ...unless(expr.trim() !== '', 'an empty query'),
        ...unless(byVariable(own), `its data source is fixed: ${own?.uid}`),
      ]),
      ...unless(new Set(targets.map(({ refId }) => refId)).size === targets.length, 'a refId twice'),
      ...unless(
        datasource === undefined || byVariable(datasource) || datasource.uid === '-- Mixed --',
        'the panel has a fixed data source',
      ),
    ]),
  },
  {
    name: 'rates are taken over $__rate_interval, or over an hour and more',
    complaints: (board) => queriesOf(board).flatMap((expr) => windowsIn(expr).filter((window) => !isLong(window))),
  },
  {
    name: 'panels lie beside each other, within 24 columns',
    complaints: (board) => board.panels.flatMap((one) => overlaps(one.panels)).concat(overlaps(board.panels)),
  },
  {
    name: 'a row that is closed holds its panels, an open one does not',
    complaints: ({ panels }) =>
      panels
        .filter(({ type }) => type === 'row')
        .flatMap(({ title, collapsed, panels: inner }) => [
          ...unless(collapsed !== undefined, `${title} does not say whether it is closed`),
          ...unless((collapsed === true) === inner.length > 0, `${title}: closed or not, and ${inner.length} panels`),
        ]),
  },
];

/** All queries of a board. */
function queriesOf(board: Board): string[] {
  const ofPanels = panelsOf(board).flatMap(({ targets }) => targets.map(({ expr }) => expr));
  return [...ofPanels, ...board.annotations.list.map(({ expr }) => expr ?? '')];
}

function windowsIn(expr: string): string[] {
  return [...expr.matchAll(/\[([^\]]+)\]/g)].map(([, window = '']) => window);
}

function isLong(window: string): boolean {
  if (/^\$(?:__rate_interval|__range|\{__rate_interval\}|\{__range\})(?::.*)?$/.test(window)) return true;
  const [, amount = '', unit = ''] = /^(\d+)(ms|s|m|h|d|w)(?::.*)?$/.exec(window) ?? [];
  return Number(amount) * (SECONDS[unit] ?? 0) >= HOUR;
}

function overlaps(panels: readonly Pick<Panel, 'title' | 'gridPos'>[]): string[] {
  return panels.flatMap(({ title, gridPos: { x, y, w, h } }, i) => [
    ...unless(x >= 0 && y >= 0 && w >= 1 && h >= 1 && x + w <= 24, `${title}: outside of the 24 columns`),
    ...panels
      .slice(i + 1)
      .filter(({ gridPos: it }) => x < it.x + it.w && it.x < x + w && y < it.y + it.h && it.y < y + h)
      .map((other) => `${title} lies on ${other.title}`),
  ]);
}
