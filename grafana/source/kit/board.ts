import {
  DashboardBuilder,
  DashboardCursorSync,
  RowBuilder,
  type Dashboard,
  type Panel,
  type RowPanel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { remediations } from './annotations.js';
import { boardsMenu, TAG } from './links.js';
import { tidy } from './tidy.js';
import { commonVariables } from './variables.js';

/** A board as its file in boards/ describes it. */
export interface Board {
  /** Also the name of its file: fixed, since links point to it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** How far back it looks at first, such as `now-6h`. */
  readonly from: string;
  /** Beside those that every board has. */
  readonly variables?: Parameters<DashboardBuilder['variables']>[0];
  readonly rows: readonly Row[];
}

/** Panels that belong together, from left to right; what does not fit goes into the next line. */
export interface Row {
  readonly title: string;
  readonly collapsed?: boolean;
  readonly panels: readonly { build(): Panel }[];
}

/** The classic format that all of Grafana 11.6 to 13 take from files. */
const SCHEMA_VERSION = 39;

/** Makes the board as Grafana reads it. */
export function buildBoard({ uid, title, description, from, variables = [], rows }: Board): unknown {
  const builder = new DashboardBuilder(`Firebreak / ${title}`)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .readonly()
    .timezone('browser')
    .refresh('10s')
    .time({ from, to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .link(boardsMenu())
    .annotation(remediations())
    .variables([...commonVariables(), ...variables]);
  for (const row of rows) addRow(builder, row);
  return tidy(finished(builder.build()));
}

/** The panels of an open row stand beside it, those of a collapsed one inside. */
function addRow(builder: DashboardBuilder, { title, collapsed = false, panels }: Row): void {
  const row = new RowBuilder(title).collapsed(collapsed);
  if (collapsed) for (const panel of panels) row.withPanel(panel);
  builder.withRow(row);
  if (!collapsed) for (const panel of panels) builder.withPanel(panel);
}

/** What the builders leave out or what belongs to one installation only. */
function finished({ id: _id, version: _version, ...board }: Dashboard): object {
  let last = 0;
  for (const panel of (board.panels ?? []).flatMap(withInner)) {
    panel.id = ++last;
    if (isRow(panel)) continue;
    named(panel);
    Object.assign(panel, { datasource: sourceOf(panel) });
  }
  return { ...board, schemaVersion: SCHEMA_VERSION };
}

function withInner(panel: Panel | RowPanel): (Panel | RowPanel)[] {
  return isRow(panel) ? [panel, ...panel.panels] : [panel];
}

function isRow(panel: Panel | RowPanel): panel is RowPanel {
  return 'panels' in panel;
}

/** Queries are called A, B, C, unless they have a name. */
function named(panel: Panel): void {
  for (const [i, target] of (panel.targets ?? []).entries())
    Object.assign(target, {
      refId: 'refId' in target && target.refId !== '' ? target.refId : String.fromCharCode(65 + i),
    });
}

/** A panel that names no data source asks Grafana's default one first. */
function sourceOf({ targets = [], datasource }: Panel): unknown {
  const sources = targets.map((target) => ('datasource' in target ? target.datasource : undefined));
  const [first, ...others] = new Set(sources.map((source) => JSON.stringify(source)));
  if (first === undefined) return datasource;
  return others.length === 0 ? sources[0] : { type: 'datasource', uid: '-- Mixed --' };
}
