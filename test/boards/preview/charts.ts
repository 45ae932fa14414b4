import { displayName, type Field, type Frame } from '../frames.js';
import { shown } from '../shown.js';
import { colorOf, levelsOf, lineColor, PALETTE } from './colors.js';
import { escaped } from './text.js';

/** The columns with figures, each with the moments that belong to them. */
function lines(frames: readonly Frame[]): readonly { readonly field: Field; readonly times: readonly number[] }[] {
  return frames.flatMap(({ fields }) => {
    const times = (fields.find(({ type }) => type === 'time')?.values ?? []).map(Number);
    return fields.filter(({ type }) => type === 'number').map((field) => ({ field, times }));
  });
}

/** Lines over time, with the last value of each beside its name. */
export function graph(frames: readonly Frame[], width: number, height: number): string {
  const all = lines(frames);
  const points = all.flatMap(({ field }) => field.values.map(Number).filter(Number.isFinite));
  const times = all.flatMap((one) => one.times);
  const [left, right] = [Math.min(...times), Math.max(...times)];
  const [low, high] = [Math.min(0, ...points), Math.max(...points, 1e-9)];
  const legend = 18 * Math.min(3, Math.ceil(all.length / 4)) + 6;
  const [w, h] = [width - 70, height - legend - 22];
  const x = (at: number): number => 60 + (w * (at - left)) / Math.max(1, right - left);
  const y = (value: number): number => 6 + h - (h * (value - low)) / (high - low || 1);
  const drawn = all.map(({ field, times: at }, i) => {
    const path = field.values
      .map((value, k) =>
        Number.isFinite(Number(value)) ? `${x(at[k] ?? 0).toFixed(1)},${y(Number(value)).toFixed(1)}` : '',
      )
      .join(' ');
    return `<polyline points="${path}" fill="none" stroke="${lineColor(field, i)}" stroke-width="1.6"${dashes(field)}/>`;
  });
  const [sample] = all;
  const limits = sample === undefined || !hasLimits(sample.field) ? [] : levelsOf(sample.field);
  const drawnLimits = limits
    .filter(({ value }) => value >= low && value <= high)
    .map(
      ({ value, color }) =>
        `<line x1="60" x2="${60 + w}" y1="${y(value)}" y2="${y(value)}" stroke="${color}" stroke-dasharray="8 8"/>`,
    );
  const mark = (value: number): string =>
    `<line x1="60" x2="${60 + w}" y1="${y(value)}" y2="${y(value)}" stroke="#2e3036"/>` +
    `<text x="54" y="${y(value) + 4}" text-anchor="end">${escaped(sample === undefined ? '' : shown(sample.field, value))}</text>`;
  const names = all.slice(0, 12).map(({ field }, i) => {
    const last = field.values.map(Number).findLast(Number.isFinite) ?? NaN;
    const text = `${displayName(field)}  ${shown(field, last)}`;
    return `<span><i style="background:${lineColor(field, i)}"></i>${escaped(text)}</span>`;
  });
  const marks = [low, (low + high) / 2, high].map(mark).join('');
  return `<svg width="${width}" height="${h + 14}">${marks}${drawnLimits.join('')}${drawn.join('')}</svg><div class="legend">${names.join('')}</div>`;
}

function dashes({ settings: { custom = {} } }: Field): string {
  return JSON.stringify(custom['lineStyle'] ?? '').includes('"dash"') ? ' stroke-dasharray="8 8"' : '';
}

function hasLimits({ settings: { custom = {} } }: Field): boolean {
  return JSON.stringify(custom['thresholdsStyle'] ?? '').includes('dashed');
}

/** What each thing was when: a strip for each, in the colours of its values. */
export function strips(frames: readonly Frame[], width: number, height: number): string {
  const all = lines(frames);
  const times = all.flatMap((one) => one.times);
  const [left, right] = [Math.min(...times), Math.max(...times)];
  const tall = Math.min(34, (height - 10) / Math.max(1, all.length));
  const w = width - 190;
  const x = (at: number): number => 180 + (w * (at - left)) / Math.max(1, right - left);
  const rows = all.map(({ field, times: at }, i) => {
    const cells = field.values.map((value, k) => {
      const [from, to] = [x(at[k] ?? left), x(at[k + 1] ?? right) + 0.5];
      const fill = colorOf(field, value) ?? PALETTE[i % PALETTE.length];
      return `<rect x="${from}" y="${i * tall + 2}" width="${Math.max(0.5, to - from)}" height="${tall - 4}" fill="${fill}"/>`;
    });
    const last = field.values.at(-1);
    const word = last === undefined ? '' : shown(field, last);
    return (
      `<text x="172" y="${(i + 0.5) * tall + 4}" text-anchor="end">${escaped(displayName(field).slice(0, 28))}</text>${cells.join('')}` +
      `<text x="${180 + w - 6}" y="${(i + 0.5) * tall + 4}" text-anchor="end" class="on">${escaped(word)}</text>`
    );
  });
  return `<svg width="${width}" height="${height}" shape-rendering="crispEdges">${rows.join('')}</svg>`;
}

interface Bar {
  readonly value: number;
  readonly text: string;
  readonly color: string;
}

/** A bar for each figure; what stands in one row of a table stands together, under the name of the row. */
export function bars(frames: readonly Frame[], width: number, height: number): string {
  const groups = frames.flatMap(({ fields }) => {
    const name = fields.find(({ type }) => type === 'string');
    const figures = fields.filter(({ type }) => type === 'number');
    const [only] = figures;
    return (fields[0]?.values ?? []).map((_, row) => ({
      label: name === undefined ? (only === undefined ? '' : displayName(only)) : String(name.values[row]),
      bars: figures.flatMap((field, i): readonly Bar[] => {
        const value = field.values[row];
        const color = (typeof value === 'number' ? colorOf(field, value) : undefined) ?? lineColor(field, i);
        return typeof value === 'number' && Number.isFinite(value) ? [{ value, text: shown(field, value), color }] : [];
      }),
    }));
  });
  const figures = frames[0]?.fields.filter(({ type }) => type === 'number') ?? [];
  const legend = figures.length < 2 ? '' : `<div class="legend">${figures.map(named).join('')}</div>`;
  return drawnBars(groups, width, height - (legend === '' ? 4 : 22)) + legend;
}

function named(field: Field, i: number): string {
  return `<span><i style="background:${lineColor(field, i)}"></i>${escaped(displayName(field))}</span>`;
}

function drawnBars(
  groups: readonly { readonly label: string; readonly bars: readonly Bar[] }[],
  width: number,
  height: number,
): string {
  const most = Math.max(...groups.flatMap((one) => one.bars.map(({ value }) => value)), 1e-9);
  const slots = groups.reduce((sum, one) => sum + one.bars.length + 0.6, 0);
  const tall = Math.min(18, height / Math.max(1, slots));
  let y = 0;
  const rows = groups.map(({ label, bars: inner }) => {
    const middle = y + (inner.length * tall) / 2 + 4;
    const drawn = inner.map(({ value, color }, i) => {
      const wide = ((width - 290) * value) / most;
      return `<rect x="158" y="${y + i * tall}" width="${wide}" height="${Math.max(1, tall - 1)}" fill="${color}"/>`;
    });
    y += (inner.length + 0.6) * tall;
    const last = inner.at(-1);
    const end =
      last === undefined
        ? ''
        : `<text x="${166 + ((width - 290) * last.value) / most}" y="${middle}">${escaped(last.text)}</text>`;
    return `<text x="150" y="${middle}" text-anchor="end">${escaped(label.slice(0, 24))}</text>${drawn.join('')}${end}`;
  });
  return `<svg width="${width}" height="${height}">${rows.join('')}</svg>`;
}
