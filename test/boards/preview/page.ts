import { z } from 'zod';
import type { Action, Panel } from '../board.js';
import { displayName, type Field, type Frame } from '../frames.js';
import { interpolate } from '../interpolate.js';
import type { BoardRun, PanelRun } from '../run-board.js';
import { shown } from '../shown.js';
import { canvas } from './canvas.js';
import { bars, graph, strips } from './charts.js';
import { colorOf } from './colors.js';
import { escaped } from './text.js';

/** Pixels of one of the 24 columns and of one row of the grid. */
export const CELL = { width: 53, height: 38 };

const STYLE = `
  body { margin: 0; background: #111217; color: #ccccdc; font: 13px/1.35 Inter, 'DejaVu Sans', sans-serif; }
  h1 { font-size: 20px; font-weight: 500; margin: 14px 16px 6px; }
  p.note { margin: 0 16px 10px; color: #8e8e9a; }
  main { position: relative; }
  section { position: absolute; box-sizing: border-box; background: #181b1f; border: 1px solid #25272d; overflow: hidden; border-radius: 2px; }
  section > h2 { font-size: 13px; font-weight: 500; margin: 6px 8px 4px; }
  .row { position: absolute; left: 12px; font-size: 15px; }
  .big { font-size: 34px; font-weight: 600; text-align: center; }
  .none { text-align: center; color: #8e8e9a; padding: 12px; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: 3px 8px; border-bottom: 1px solid #25272d; white-space: nowrap; max-width: 260px; overflow: hidden; text-overflow: ellipsis; }
  th { color: #6e9fff; font-weight: 500; }
  button { color: #fff; border: 0; border-radius: 2px; padding: 2px 8px; margin-right: 6px; font: inherit; }
  svg text { fill: #ccccdc; font-size: 11px; }
  svg text.on { fill: #fff; }
  .legend { padding: 0 10px; font-size: 11px; }
  .legend span { margin-right: 14px; white-space: nowrap; }
  .legend i { display: inline-block; width: 10px; height: 3px; margin-right: 5px; vertical-align: middle; }
  .canvas, .canvas svg { position: absolute; inset: 0; width: 100%; height: 100%; }
  .canvas { top: 28px; }
  .element { position: absolute; box-sizing: border-box; display: flex; align-items: center; white-space: nowrap; border-radius: 3px; padding: 0 3px; overflow: hidden; }
`;

/**
 * Draws a board from its definition and from what its queries were answered: plainly, to be looked at. It is no Grafana.
 *
 * @param rows titles of open rows, with the line of the grid where each stands
 */
export function previewOf(title: string, run: BoardRun, rows: readonly { title: string; y: number }[]): string {
  const panels = run.panels.map((one) => section(one, run)).join('');
  const heads = rows.map(
    ({ title: head, y }) => `<div class="row" style="top:${y * CELL.height + 10}px">▾ ${escaped(head)}</div>`,
  );
  const height = Math.max(...run.panels.map(({ panel: { gridPos } }) => gridPos.y + gridPos.h)) * CELL.height;
  return `<!doctype html><meta charset="utf-8"><title>${escaped(title)}</title><style>${STYLE}</style>
    <h1>${escaped(title)}</h1><p class="note">Drawn by the tests from the board's definition and the answers of a real Prometheus; Grafana's own look differs.</p>
    <main style="height:${height}px;width:${24 * CELL.width}px">${heads.join('')}${panels}</main>`;
}

function section({ panel, frames }: PanelRun, run: BoardRun): string {
  const { x, y, w, h } = panel.gridPos;
  const [width, height] = [w * CELL.width - 8, h * CELL.height - 8];
  const style = `left:${x * CELL.width + 4}px;top:${y * CELL.height + 4}px;width:${width}px;height:${height}px`;
  const isEmpty = frames.every(({ fields }) => (fields[0]?.values.length ?? 0) === 0);
  const inner = isEmpty
    ? `<div class="none">${escaped(panel.fieldConfig.defaults.noValue ?? 'No data')}</div>`
    : drawing({ panel, frames: frames.map((frame) => titled(frame, run)), answers: new Map() }, width - 4, height - 34);
  return `<section style="${style}"><h2>${escaped(interpolate(panel.title, run.scope))}</h2>${inner}</section>`;
}

/** What columns are called may stand for a choice, too. */
function titled(frame: Frame, { scope }: BoardRun): Frame {
  const fields = frame.fields.map((one) => {
    const { displayName: name } = one.settings;
    return name === undefined ? one : { ...one, settings: { ...one.settings, displayName: interpolate(name, scope) } };
  });
  return { ...frame, fields };
}

function drawing({ panel, frames }: PanelRun, width: number, height: number): string {
  switch (panel.type) {
    case 'canvas':
      return canvas(panel, frames);
    case 'stat':
    case 'gauge':
      return frames.flatMap(({ fields }) => fields.filter((one) => one.type === 'number').map(big)).join('');
    case 'table':
      return frames
        .slice(0, 1)
        .map((frame) => table(sorted(frame, panel)))
        .join('');
    case 'timeseries':
      return graph(frames, width, height);
    case 'state-timeline':
    case 'status-history':
      return strips(frames, width, height);
    case 'bargauge':
    case 'barchart':
      return bars(frames, width, height);
    default:
      throw new Error(
        `nobody has taught the preview to draw a panel of the kind ${panel.type}: test/boards/preview/page.ts`,
      );
  }
}

function big(field: Field): string {
  const value = field.values.at(-1) ?? NaN;
  return `<div class="big" style="color:${colorOf(field, value) ?? '#ccccdc'}">${escaped(shown(field, value))}</div>`;
}

function isHidden({ settings }: Field): boolean {
  const { custom = {} } = settings;
  return custom['hidden'] === true || JSON.stringify(custom['hideFrom'] ?? '').includes('"viz":true');
}

const order = z.array(z.looseObject({ displayName: z.string(), desc: z.boolean().default(false) })).default([]);

/** The rows as the panel wants them. */
function sorted(frame: Frame, { options }: Panel): Frame {
  const [by] = order.parse(options['sortBy']);
  const column = frame.fields.find((one) => displayName(one) === by?.displayName);
  if (by === undefined || column === undefined) return frame;
  const rows = column.values.map((value, row) => [Number(value), row] as const);
  const places = rows.toSorted(([a], [b]) => (by.desc ? b - a : a - b)).map(([, row]) => row);
  const fields = frame.fields.map((one) => ({ ...one, values: places.map((row) => one.values[row] ?? '') }));
  return { ...frame, fields };
}

function table({ fields }: Frame): string {
  const columns = fields.filter((one) => !isHidden(one));
  const rows = (columns[0]?.values ?? []).map((_, row) => `<tr>${columns.map((one) => cell(one, row)).join('')}</tr>`);
  return `<table><tr>${columns.map((one) => `<th>${escaped(displayName(one))}</th>`).join('')}</tr>${rows.join('')}</table>`;
}

function cell(field: Field, row: number): string {
  const { actions = [], custom = {} } = field.settings;
  if (actions.length > 0) return `<td>${actions.map(button).join('')}</td>`;
  const value = field.values[row] ?? '';
  const color = custom['cellOptions'] === undefined && field.type === 'string' ? undefined : colorOf(field, value);
  const isFilled = JSON.stringify(custom['cellOptions'] ?? '').includes('background');
  const style = color === undefined ? '' : isFilled ? `background:${color};color:#fff` : `color:${color}`;
  return `<td style="${style}">${escaped(shown(field, value))}</td>`;
}

function button({ title, ...action }: Action): string {
  const style: unknown = action['style'];
  const color = /"backgroundColor":"(#\w+)"/.exec(JSON.stringify(style ?? ''))?.[1] ?? '#3d71d9';
  return `<button style="background:${color}">${escaped(title)}</button>`;
}
