import { TableCellDisplayMode } from '@grafana/grafana-foundation-sdk/common';
import type { Action, DynamicConfigValue, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import type { Link } from './links.js';
import { table, type About } from './panels.js';

/** A column of a table, made of a label or of `Value`. */
export interface Column {
  /** What the query calls it; buttons and links read it as `${__data.fields.<name>}`, whatever it is called above. */
  readonly name: string;
  /** What stands above it; a column without is not shown, but buttons and links can read it. */
  readonly title?: string;
  readonly unit?: string;
  /** Pixels. */
  readonly width?: number;
  readonly links?: readonly Link[];
  /** Buttons take the place of the text. */
  readonly actions?: readonly Action[];
  /** Colours, or other words; buttons and links get the words. */
  readonly mappings?: readonly ValueMapping[];
}

/**
 * A table with these columns, in this order, and no others. Rows of several queries that agree in all that both say are one.
 *
 * @param about what it says of itself; `empty` stands there while there is no row
 */
export function listOf(about: About, columns: readonly Column[]): TablePanel {
  const names = columns.map(({ name }) => name);
  const panel = table(about)
    // before the merge: what is left out, such as the names of the metrics, differs
    .withTransformation({ id: 'filterFieldsByName', options: { include: { names } } })
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        indexByName: Object.fromEntries(names.map((name, i) => [name, i])),
        excludeByName: {},
        renameByName: {},
      },
    })
    // what is said about a table without rows would stand in every empty cell, and buttons would send it
    .overrideByRegexp('.*', [{ id: 'noValue', value: '' }]);
  for (const column of columns) panel.overrideByName(column.name, propertiesOf(column));
  return panel;
}

function propertiesOf({ title, unit, width, links, actions, mappings }: Column): DynamicConfigValue[] {
  return [
    ...(title === undefined ? [{ id: 'custom.hidden', value: true }] : [{ id: 'displayName', value: title }]),
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
    ...(links === undefined ? [] : [{ id: 'links', value: links }]),
    ...(mappings === undefined ? [] : shownBy(mappings)),
    ...(actions === undefined ? [] : buttons(actions)),
  ];
}

function shownBy(mappings: readonly ValueMapping[]): DynamicConfigValue[] {
  return [
    { id: 'mappings', value: mappings },
    { id: 'custom.cellOptions', value: { type: TableCellDisplayMode.ColorText } },
  ];
}

/** The cell and what stands in it must be said of the same field. */
function buttons(actions: readonly Action[]): DynamicConfigValue[] {
  return [
    { id: 'custom.cellOptions', value: { type: TableCellDisplayMode.Actions } },
    { id: 'actions', value: actions },
    { id: 'custom.filterable', value: false },
  ];
}
