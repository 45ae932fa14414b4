import { panelsOf, type Action, type Board, type Panel } from './board.js';
import { elementsOf, placesOf, type Place } from './buttons.js';
import { unless, type Rule } from './rule.js';

/** The kinds of panels that can have buttons. */
const WITH_ACTIONS = new Set([
  'table',
  'timeseries',
  'barchart',
  'state-timeline',
  'status-history',
  'candlestick',
  'trend',
  'xychart',
  'canvas',
]);

const each =
  (complaints: (panel: Panel, place: Place) => readonly string[]): Rule['complaints'] =>
  (board) =>
    panelsOf(board).flatMap((panel) =>
      placesOf(panel).flatMap((place) =>
        complaints(panel, place).map((one) => `${panel.title}, ${place.where}: ${one}`),
      ),
    );

const eachAction = (complaints: (action: Action) => readonly string[]): Rule['complaints'] =>
  each((_, { actions }) => actions.flatMap((one) => complaints(one).map((complaint) => `${one.title}: ${complaint}`)));

/** What holds for buttons and links. */
export const ACTION_RULES: readonly Rule[] = [
  {
    name: 'buttons only in kinds of panels that have them',
    complaints: each(({ type }, { actions }) => unless(actions.length === 0 || WITH_ACTIONS.has(type), type)),
  },
  {
    name: 'in a table the same field has the cell of buttons and the buttons',
    complaints: each(({ type }, { actions, hasCells, field }) =>
      unless(type !== 'table' || actions.length > 0 === (hasCells && field !== undefined), 'only one of the two'),
    ),
  },
  {
    name: 'a cell of buttons has no links, since it does not show them',
    complaints: each((_, { links, hasCells }) => unless(!hasCells || links.length === 0, `${links[0]?.title}`)),
  },
  {
    name: 'no button element on a Canvas: it asks nobody and stops nobody',
    complaints: (board) =>
      panelsOf(board).flatMap((panel) =>
        elementsOf(panel).flatMap(({ type, name }) => unless(type !== 'button', name)),
      ),
  },
  {
    name: 'every button asks before it acts',
    complaints: eachAction(({ confirmation, oneClick }) => [
      ...unless(confirmation.trim().endsWith('?'), 'it asks nothing'),
      ...unless(!oneClick, 'one click is enough'),
    ]),
  },
  {
    name: 'no element of a Canvas acts at one click',
    complaints: (board) =>
      panelsOf(board).flatMap((panel) =>
        elementsOf(panel).flatMap(({ name, oneClickMode = 'off' }) => unless(oneClickMode !== 'action', name)),
      ),
  },
  {
    name: 'buttons are POSTs to Firebreak below the same origin, as JSON',
    complaints: eachAction(({ type, fetch }) => [
      ...unless(type === 'fetch' && fetch !== undefined, `of type ${type}`),
      ...unless(fetch?.method === 'POST', `${fetch?.method}`),
      ...unless(/^\/firebreak\/api\/v1\/[^/]/.test(fetch?.url ?? ''), `to ${fetch?.url}`),
      ...unless(
        (fetch?.headers ?? []).some(([name, value]) => name === 'Content-Type' && value === 'application/json'),
        'no Content-Type',
      ),
    ]),
  },
  {
    name: 'what stands in a path is percent-encoded, what stands in a parameter is not',
    complaints: eachAction(({ fetch }) => [
      ...holes(fetch?.url ?? '').filter((hole) => !hole.endsWith(':percentencode}')),
      ...(fetch?.queryParams ?? []).flatMap(([, value]) => holes(value).filter((hole) => hole.includes('encode'))),
      ...holes(fetch?.body ?? '').map((hole) => `${hole} in the body, where nothing is quoted`),
    ]),
  },
  {
    name: 'the path of a link to the console is percent-encoded',
    complaints: each((_, { links }) =>
      links.flatMap(({ url }) => [
        ...unless(/^(?:\$\{console(?::raw)?\}\/|\/d\/firebreak-)/.test(url), `${url} leads elsewhere`),
        ...holes(url.replace(/^\$\{console(?::raw)?\}/, '')).filter((hole) => !isEncoded(hole)),
      ]),
    ),
  },
  {
    // S8: somebody is sent a link to a board, and its links to the console lead to a page that looks like it
    name: 'where the console is does not stand in the address of the board',
    complaints: ({ templating }) =>
      templating.list.flatMap(({ name, skipUrlSync }) => unless(name !== 'console' || skipUrlSync === true, name)),
  },
  {
    name: 'every button has a link to the console beside it',
    complaints: (board) =>
      panelsOf(board).flatMap((panel) => {
        const places = placesOf(panel);
        const linked = places.flatMap(({ links }) => links).some(({ url }) => url.startsWith('${console'));
        return unless(linked || places.every(({ actions }) => actions.length === 0), panel.title);
      }),
  },
  {
    name: 'a button that asks for something says so in its parameters',
    complaints: eachAction(({ variables, fetch }) =>
      variables
        .filter(({ key }) => !(fetch?.queryParams ?? []).some(([, value]) => value === `$${key}`))
        .map(({ key }) => `${key} goes nowhere`),
    ),
  },
];

function holes(text: string): string[] {
  return text.match(/\$\{[^}]*\}|\$\w+/g) ?? [];
}

function isEncoded(hole: string): boolean {
  return (
    /:(?:percentencode|queryparam)\}$/.test(hole) || /^\$\{__(?:url_time_range|all_variables|from|to)\}$/.test(hole)
  );
}

/** Whether a board has any button at all. */
export function hasButtons(board: Board): boolean {
  return panelsOf(board).some((panel) => placesOf(panel).some(({ actions }) => actions.length > 0));
}
