import { TableCellDisplayMode } from '@grafana/grafana-foundation-sdk/common';
import type {
  Action,
  DashboardLink,
  DynamicConfigValue,
  ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import type { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { table, thresholds, type About } from './panels.js';
import { rows } from './queries.js';

/** A column that is made from a label of the rows. */
export interface LabelColumn {
  readonly label: string;
  readonly title: string;
  readonly width?: number;
  readonly links?: readonly DashboardLink[];
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
  /** The colour of the text from certain values on; green before that. */
  readonly steps?: Parameters<typeof thresholds>;
  readonly links?: readonly DashboardLink[];
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

/** Makes the table. What answers for a row only shows as the place of its buttons. */
export function joinedTable({ things, labels, figures, buttons, ...about }: Joined): TablePanel {
  const titles: [string, string][] = [
    ...labels.map(({ label, title }): [string, string] => [label, title]),
    ...figures.map(({ name, title }): [string, string] => [`Value #${name}`, title]),
    ...(buttons === undefined ? [] : valueOfThings().map((name): [string, string] => [name, buttons.title])),
  ];
  const left = ['Time', ...(buttons === undefined ? valueOfThings() : [])];
  const panel = table(about)
    .targets([things.refId(THINGS), ...figures.map(({ name, expr }) => rows(expr).refId(name))])
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(left.map((name) => [name, true])),
        indexByName: Object.fromEntries(titles.map(([name], i) => [name, i])),
        renameByName: Object.fromEntries(titles),
      },
    });
  for (const label of labels) panel.overrideByName(label.title, labelSettings(label));
  for (const figure of figures) panel.overrideByName(figure.title, figureSettings(figure));
  if (buttons !== undefined) panel.overrideByName(buttons.title, buttonSettings(buttons));
  return panel;
}

/** When nothing else answers, Grafana calls the column `Value` and nothing more. */
function valueOfThings(): string[] {
  return [`Value #${THINGS}`, 'Value'];
}

function labelSettings({ width, links, mappings }: LabelColumn): DynamicConfigValue[] {
  return present({ 'custom.width': width, links, mappings });
}

function figureSettings({ unit, decimals, width, mappings, steps, links }: FigureColumn): DynamicConfigValue[] {
  const coloured = steps !== undefined || mappings !== undefined;
  return present({
    unit,
    decimals,
    'custom.width': width,
    mappings,
    thresholds: steps === undefined ? undefined : thresholds(...steps).build(),
    'custom.cellOptions': coloured ? { type: TableCellDisplayMode.ColorText } : undefined,
    links,
  });
}

function buttonSettings({ actions, width }: NonNullable<Joined['buttons']>): DynamicConfigValue[] {
  return present({
    'custom.cellOptions': { type: TableCellDisplayMode.Actions },
    actions,
    'custom.width': width,
    'custom.filterable': false,
  });
}

function present(settings: Readonly<Record<string, unknown>>): DynamicConfigValue[] {
  return Object.entries(settings).flatMap(([id, value]) => (value === undefined ? [] : [{ id, value }]));
}
