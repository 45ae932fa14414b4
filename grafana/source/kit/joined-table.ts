import { TableCellDisplayMode } from '@grafana/grafana-foundation-sdk/common';
import type { Action, DynamicConfigValue, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import type { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import type { Link } from './links.js';
import { levels, type Level } from './levels.js';
import { table, type About } from './panels.js';
import { rows } from './queries.js';

/** A column that is made from a label of the rows. */
export interface LabelColumn {
  readonly label: string;
  readonly title: string;
  readonly width?: number;
  readonly links?: readonly Link[];
  readonly mappings?: readonly ValueMapping[];
}

/** A column of figures: one query, with only the labels that all queries of the table have. */
export interface FigureColumn {
  /** Also the name of the query. */
  readonly name: string;
  readonly title: string;
  readonly expr: string;
  readonly unit?: string;
  readonly decimals?: number;
  readonly width?: number;
  readonly mappings?: readonly ValueMapping[];
  /** The colour of the text by value: first the one below all others. */
  readonly levels?: readonly [string, ...Level[]];
  readonly links?: readonly Link[];
}

/** A table of which each row is one thing, with figures from several queries. */
export interface Joined extends About {
  /** Answers 1 for each row, with its labels; a thing that it does not name has no row. */
  readonly things: DataqueryBuilder;
  readonly labels: readonly LabelColumn[];
  readonly figures: readonly FigureColumn[];
  /** Buttons at the end of each row. */
  readonly buttons?: { readonly title: string; readonly actions: readonly Action[]; readonly width: number };
}

/** The query that answers for each row. */
const THINGS = 'things';
/** When nothing else answers, Grafana calls the column `Value` and nothing more. */
const VALUES_OF_THINGS = [`Value #${THINGS}`, 'Value'];

/** Makes the table. What answers for a row only shows as the place of its buttons; these read labels by their own names. */
export function joinedTable({ things, labels, figures, buttons, ...about }: Joined): TablePanel {
  const left = ['Time', ...(buttons === undefined ? VALUES_OF_THINGS : [])];
  const order = [
    ...labels.map(({ label }) => label),
    ...figures.map(({ name }) => `Value #${name}`),
    ...(buttons === undefined ? [] : VALUES_OF_THINGS),
  ];
  const panel = table(about)
    // without one of its own Grafana makes everything above 80 red
    .thresholds(levels('text'))
    .targets([things.refId(THINGS), ...figures.map(({ name, expr }) => rows(expr).refId(name))])
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(left.map((name) => [name, true])),
        indexByName: Object.fromEntries(order.map((name, i) => [name, i])),
        renameByName: {},
      },
    });
  for (const label of labels) panel.overrideByName(label.label, labelSettings(label));
  for (const figure of figures) panel.overrideByName(`Value #${figure.name}`, figureSettings(figure));
  if (buttons !== undefined) panel.overrideByRegexp(`^Value( #${THINGS})?$`, buttonSettings(buttons));
  return panel;
}

function labelSettings({ title, width, links, mappings }: LabelColumn): DynamicConfigValue[] {
  // what a button reads of an empty cell is what stands in it
  return present({ displayName: title, 'custom.width': width, links, mappings, noValue: '' });
}

function figureSettings({
  title,
  unit,
  decimals,
  width,
  mappings,
  links,
  ...rest
}: FigureColumn): DynamicConfigValue[] {
  const coloured = rest.levels !== undefined || mappings !== undefined;
  return present({
    displayName: title,
    unit,
    decimals,
    'custom.width': width,
    mappings,
    thresholds: rest.levels === undefined ? undefined : levels(...rest.levels).build(),
    'custom.cellOptions': coloured ? { type: TableCellDisplayMode.ColorText } : undefined,
    links,
    noValue: '–',
  });
}

function buttonSettings({ title, actions, width }: NonNullable<Joined['buttons']>): DynamicConfigValue[] {
  return present({
    displayName: title,
    'custom.cellOptions': { type: TableCellDisplayMode.Actions },
    actions,
    'custom.width': width,
    'custom.filterable': false,
  });
}

function present(settings: Readonly<Record<string, unknown>>): DynamicConfigValue[] {
  return Object.entries(settings).flatMap(([id, value]) => (value === undefined ? [] : [{ id, value }]));
}
