import { z } from 'zod';
import { panelsOf, type Panel } from './board.js';
import { elementsOf } from './buttons.js';
import { unless, type Rule } from './rule.js';

/** Kinds that show one figure of each series. */
const OF_NOW = new Set(['stat', 'gauge', 'bargauge', 'piechart']);
/** What has no number where nothing happened. */
const MAY_BE_NAN = /histogram_quantile\(|:p\d+_\d+[mhd]\b|:ratio_rate\d/;

/** Settings of a field in every kind of panel, and those that only one kind has, as Grafana 11.6 to 13 register them. */
const STANDARD = new Set(
  'displayName unit decimals noValue min max color mappings thresholds links actions'.split(' '),
);
const CUSTOM: Readonly<Record<string, readonly string[]>> = {
  table: ['align', 'cellOptions', 'filterable', 'hidden', 'inspect', 'minWidth', 'width'],
  timeseries: ['drawStyle', 'fillOpacity', 'lineStyle', 'lineWidth', 'spanNulls', 'stacking', 'thresholdsStyle'],
  barchart: ['fillOpacity', 'gradientMode', 'lineWidth'],
  'state-timeline': ['fillOpacity', 'lineWidth'],
};
const MATCHERS = new Set(['byName', 'byRegexp', 'byFrameRefID', 'byType']);
const TRANSFORMATIONS: Readonly<Record<string, readonly string[]>> = {
  merge: [],
  organize: ['excludeByName', 'includeByName', 'indexByName', 'renameByName'],
  filterFieldsByName: ['include', 'exclude', 'byVariable'],
};
/** A unit that Grafana does not know stands behind the number as it is written. */
const UNITS = new Set('none short percentunit s ms bytes ops opm reqps dateTimeAsIsoNoDateIfToday'.split(' '));

const each =
  (complaints: (panel: Panel) => readonly string[]): Rule['complaints'] =>
  (board) =>
    panelsOf(board).flatMap((panel) => complaints(panel).map((one) => `${panel.title}: ${one}`));

/** What holds for figures, so that none misleads when something is away, quiet or misspelt. */
export const FIGURE_RULES: readonly Rule[] = [
  {
    name: 'one large figure is asked for as it is now: over time Grafana shows the last one, however old',
    complaints: each(({ type, targets }) =>
      targets.flatMap(({ refId, instant }) => unless(!OF_NOW.has(type) || instant, `${refId} asks over time`)),
    ),
  },
  {
    name: 'what may be no number is left out then (>= 0): it would be shown as NaN, and compared as if it were good',
    complaints: each(({ targets }) =>
      targets.flatMap(({ refId, expr }) =>
        unless(!MAY_BE_NAN.test(expr) || expr.includes('>= 0'), `${refId} keeps what is no number`),
      ),
    ),
  },
  {
    name: 'only settings of fields that Grafana knows: others it ignores without a word',
    complaints: each(({ type, fieldConfig: { defaults, overrides } }) => {
      const { custom, ...standard } = defaults;
      const properties = overrides.flatMap((one) => one.properties);
      const ids = [...Object.keys(standard), ...Object.keys(custom).map((key) => `custom.${key}`)];
      return [
        ...[...ids, ...properties.map(({ id }) => id)].filter((id) => !isKnown(id, type)),
        ...overrides.map(({ matcher }) => matcher.id).filter((id) => !MATCHERS.has(id)),
        ...[defaults.unit, ...properties.flatMap(({ id, value }) => (id === 'unit' ? String(value) : []))].filter(
          (unit) => unit !== undefined && !UNITS.has(unit),
        ),
      ].map((one) => `${one} is not known in a panel of the kind ${type}`);
    }),
  },
  {
    name: 'only transformations that Grafana knows, with options that it knows',
    complaints: each(({ transformations }) =>
      transformations.flatMap(({ id, options }) => {
        const known = TRANSFORMATIONS[id];
        if (known === undefined) return [`the transformation ${id}`];
        return Object.keys(options).flatMap((key) => unless(known.includes(key), `the option ${key} of ${id}`));
      }),
    ),
  },
  {
    name: 'lines of a Canvas say that they have no arrows: Grafana draws them else, as if data went that way',
    complaints: each((panel) =>
      elementsOf(panel).flatMap((element) =>
        connections.parse(element['connections'] ?? []).flatMap(({ targetName, direction }) =>
          // as an object, since that is what 12.3 and later read, and no arrow for those before
          unless(direction?.mode === 'fixed' && direction.fixed === 'none', `that of ${element.name} to ${targetName}`),
        ),
      ),
    ),
  },
];

const connections = z.array(
  z.looseObject({
    targetName: z.string().optional(),
    direction: z.looseObject({ mode: z.string().optional(), fixed: z.string().optional() }).optional(),
  }),
);

function isKnown(id: string, type: string): boolean {
  return id.startsWith('custom.') ? (CUSTOM[type] ?? []).includes(id.slice('custom.'.length)) : STANDARD.has(id);
}
