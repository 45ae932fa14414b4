import { panelsOf, type Board } from './board.js';
import { ACTION_RULES } from './action-rules.js';
import { FIGURE_RULES } from './figure-rules.js';
import { PANEL_RULES } from './panel-rules.js';
import { byVariable, unless, type Rule } from './rule.js';

const OWN_RULES: readonly Rule[] = [
  {
    name: 'classic JSON: it has panels, and no apiVersion',
    complaints: (board) => [
      ...unless(board.panels.length > 0, 'no panels'),
      ...['apiVersion', 'kind', 'spec', 'elements'].filter((key) => key in board),
    ],
  },
  {
    name: 'schemaVersion 39',
    complaints: ({ schemaVersion }) => unless(schemaVersion === 39, `it is ${schemaVersion}`),
  },
  {
    name: 'no id and no version, which belong to one installation',
    complaints: (board) => ['id', 'version'].filter((key) => key in board),
  },
  {
    name: 'a readable uid that is the name of the file',
    complaints: ({ uid }, file) => [
      ...unless(/^firebreak-[a-z]+(?:-[a-z]+)*$/.test(uid) && uid.length <= 40, `${uid} is not readable`),
      ...unless(uid === file, `${uid} in ${file}.json`),
    ],
  },
  { name: 'not editable', complaints: ({ editable }) => unless(editable === false, `editable: ${editable}`) },
  { name: 'one crosshair for all', complaints: ({ graphTooltip }) => unless(graphTooltip === 1, `${graphTooltip}`) },
  { name: 'the time of the browser', complaints: ({ timezone }) => unless(timezone === 'browser', `${timezone}`) },
  {
    name: 'brings itself up to date every 10 s',
    complaints: ({ refresh }) => unless(refresh === '10s', JSON.stringify(refresh)),
  },
  {
    name: 'has the tag by which the boards find each other',
    complaints: ({ tags }) => unless(tags.includes('firebreak'), tags.join()),
  },
  {
    name: 'one menu of boards by tag, with variables and time',
    complaints: ({ links }) => {
      const menus = links.filter((one) => one.type === 'dashboards' && one.asDropdown);
      return [
        ...unless(menus.length === 1 && links.length === 1, `${menus.length} menus, ${links.length} links`),
        ...menus.flatMap(({ tags, includeVars, keepTime }) =>
          unless(tags.join() === 'firebreak' && includeVars && keepTime, 'tag, includeVars or keepTime'),
        ),
      ];
    },
  },
  {
    name: 'variables: where the figures come from, then the job, then what else',
    complaints: ({ templating: { list } }) => {
      const names = list.map(({ name }) => name);
      const sources = list.filter(({ type }) => type === 'datasource').length;
      const others = list.filter(({ type }) => type === 'query');
      return [
        ...unless(names[0] === 'datasource' && list[0]?.type === 'datasource', `the first is ${names[0]}`),
        ...unless(names[sources] === 'job', `${names[sources]} comes before job`),
        ...unless(
          list.slice(0, sources).every(({ type }) => type === 'datasource'),
          'a data source stands further down',
        ),
        ...unless(new Set(names).size === names.length, 'a name twice'),
        ...others.flatMap(({ name, refresh }) =>
          unless(refresh === 2, `${name} is not read again with the time range`),
        ),
        ...others.flatMap(({ name, datasource }) =>
          unless(byVariable(datasource), `${name}: its data source is fixed`),
        ),
      ];
    },
  },
  {
    name: 'only variables that are there',
    complaints: (board) => {
      const there = new Set(board.templating.list.map(({ name }) => name));
      const own = new Set(panelsOf(board).flatMap((panel) => JSON.stringify(panel).match(/"key":"(\w+)"/g) ?? []));
      const used = JSON.stringify(board).matchAll(/\$(?:\{(\w+)|([A-Za-z_]\w*))/g);
      const names = [...used].map(([, braces, plain]) => braces ?? plain ?? '');
      const strange = names.filter((name) => !there.has(name) && !name.startsWith('__') && !own.has(`"key":"${name}"`));
      return [...new Set(strange)];
    },
  },
  {
    name: 'remediations are drawn on it',
    complaints: ({ annotations: { list } }) => {
      const ours = list.find(({ name }) => /^remediations$/i.test(name));
      if (ours === undefined) return ['there are none'];
      return [
        ...unless((ours.expr ?? '').includes('firebreak_execution'), 'they show no executions'),
        ...unless(byVariable(ours.datasource), 'their data source is fixed'),
      ];
    },
  },
  {
    name: 'no token, no login and no address',
    complaints: (board) => {
      const text = JSON.stringify(board);
      const addresses = text.match(/(?:https?|wss?):\/\/[^"\s)]*/g) ?? [];
      const secrets = text.match(/authorization|bearer|api[-_]?key|password|x-csrf-token|"cookie"/gi) ?? [];
      return [...addresses, ...secrets];
    },
  },
];

/** What holds for every board that is shipped. */
export const RULES: readonly Rule[] = [...OWN_RULES, ...PANEL_RULES, ...FIGURE_RULES, ...ACTION_RULES];

/** Holds a board against all rules and gives each complaint with the name of its rule. */
export function lint(board: Board, file: string): readonly string[] {
  return RULES.flatMap(({ name, complaints }) => complaints(board, file).map((one) => `${name}: ${one}`));
}
