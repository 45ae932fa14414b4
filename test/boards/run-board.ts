import { z } from 'zod';
import { panelsOf, type Board, type Panel, type Variable } from './board.js';
import { answer, annotated, offered, type Sources } from './calls.js';
import { framesOf, withSettings, type Frame, type Series } from './frames.js';
import type { Choice, Scope } from './interpolate.js';
import { transformed } from './transformations.js';

/** What a panel was answered, and what it got of that. */
export interface PanelRun {
  readonly panel: Panel;
  /** By the name of the query. */
  readonly answers: ReadonlyMap<string, readonly Series[]>;
  readonly frames: readonly Frame[];
}

/** A board as somebody sees it who opens it. */
export interface BoardRun {
  readonly scope: Scope;
  /** What each choice offers, by its name. */
  readonly offers: ReadonlyMap<string, readonly string[]>;
  readonly panels: readonly PanelRun[];
  readonly annotations: ReadonlyMap<string, readonly Series[]>;
}

/** Between which moments the board looks, in milliseconds since the epoch. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Opens a board: fills its choices, asks every query, and does with the answers what the panels do.
 *
 * @param chosen what somebody chose at the top, by the name of the choice; the rest is as the board has it
 */
export async function openBoard(
  board: Board,
  sources: Sources,
  range: Range,
  chosen: Readonly<Record<string, string>> = {},
): Promise<BoardRun> {
  const offers = new Map<string, readonly string[]>();
  let scope: Scope = { choices: [], ...range, uid: board.uid, login: 'ada' };
  for (const variable of board.templating.list) {
    const values = await offered(sources, variable, scope);
    offers.set(variable.name, values);
    scope = { ...scope, choices: [...scope.choices, choiceOf(variable, values, chosen[variable.name])] };
  }
  const panels = await Promise.all(panelsOf(board).map((panel) => runPanel(panel, sources, scope)));
  const annotations = new Map<string, readonly Series[]>();
  for (const one of board.annotations.list)
    if (one.builtIn !== 1) annotations.set(one.name, await annotated(sources, one, scope));
  return { scope, offers, panels, annotations };
}

async function runPanel(panel: Panel, sources: Sources, scope: Scope): Promise<PanelRun> {
  const targets = panel.targets.filter(({ hide }) => !hide);
  const tables = targets.filter(({ format }) => format === 'table').length;
  const answers = new Map<string, readonly Series[]>();
  const frames: Frame[] = [];
  for (const target of targets) {
    const series = await answer(sources, target, scope);
    answers.set(target.refId ?? '', series);
    frames.push(...framesOf(target, series, tables));
  }
  return { panel, answers, frames: withSettings(panel, transformed(frames, panel.transformations)) };
}

const current = z.looseObject({ value: z.union([z.string(), z.array(z.string())]) });

function choiceOf(variable: Variable, values: readonly string[], chosen: string | undefined): Choice {
  const { name, multi: isMulti, includeAll, allValue } = variable;
  const before = current.safeParse(variable.current);
  const kept = chosen ?? (before.success ? before.data.value : undefined);
  const isAll = String(kept) === '$__all' || (kept === undefined && includeAll);
  if (isAll) return { name, value: values, isMulti: true, ...((allValue ?? '') === '' ? {} : { all: allValue ?? '' }) };
  const value = kept !== undefined && values.includes(String(kept)) ? String(kept) : (values[0] ?? '');
  return { name, value: isMulti ? [value] : value, isMulti };
}
