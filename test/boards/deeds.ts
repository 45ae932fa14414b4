import { displayName, type Field, type Frame } from './frames.js';
import type { Place } from './buttons.js';
import type { BoardRun, PanelRun } from './run-board.js';
import type { Action } from './board.js';
import type { Scope } from './interpolate.js';

/** A button of a board together with a row in which it can be pressed. */
export interface Button {
  readonly panel: PanelRun;
  readonly place: Place;
  readonly action: Action;
  /** What its texts are filled in from; absent when the panel has nothing to press it on. */
  readonly scope: Scope | undefined;
}

/** Name of a button: where it stands and what it says. */
export function nameOf({ panel, place, action }: Button): string {
  const where = place.element === undefined ? panel.panel.title : `${panel.panel.title}, ${place.element.name}`;
  return `${where}: ${action.title}`;
}

/**
 * All buttons of a board.
 *
 * @param wanted chooses the row by its columns and labels; the first one that it lets through counts
 */
export function buttonsOf(
  { panels, scope }: BoardRun,
  actionsOf: (panel: PanelRun) => readonly Place[],
  wanted: (row: Readonly<Record<string, string>>, action: Action) => boolean = () => true,
): readonly Button[] {
  return panels.flatMap((panel) =>
    actionsOf(panel).flatMap((place) =>
      place.actions.map((action) => {
        if (place.element !== undefined) return { panel, place, action, scope };
        const clicked = firstRow(panel.frames, action, (row) => wanted(row, action));
        return { panel, place, action, scope: clicked === undefined ? undefined : { ...scope, clicked } };
      }),
    ),
  );
}

function firstRow(
  frames: readonly Frame[],
  action: Action,
  wanted: (row: Readonly<Record<string, string>>) => boolean,
): Scope['clicked'] {
  for (const frame of frames) {
    // Grafana offers a button where the settings of a column have it
    const field = frame.fields.find((one) => one.type !== 'time' && hasAction(one, action));
    if (field === undefined) continue;
    const row = field.values.findIndex((_, i) => wanted({ ...field.labels, ...rowOf(frame, i) }));
    if (row >= 0) return { frame, row, field };
  }
  return undefined;
}

function hasAction({ settings }: Field, { title }: Action): boolean {
  return (settings.actions ?? []).some((one) => one.title === title);
}

/** A row by the names of its columns. */
export function rowOf({ fields }: Frame, row: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fields.flatMap((one) => [
      [displayName(one), String(one.values[row])],
      [one.name, String(one.values[row])],
    ]),
  );
}
