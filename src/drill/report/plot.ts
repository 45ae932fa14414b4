import type { Instant } from '../../core/alert.js';
import type { DrillReport, SloReport } from '../drill-report.js';
import { figure } from '../readings.js';
import { escaped } from './escaped.js';

const WIDTH = 720;
const HEIGHT = 246;
const EDGE = { left: 64, right: 16, top: 56, bottom: 34 };
/** Names of marks stand in lanes above each other, so that none covers another. */
const LANE = 12;
const LANES = 4;
/** As wide as a letter of a mark is at most, in the mean. */
const LETTER = 7;

interface Scale {
  readonly x: (at: Instant) => number;
  readonly y: (value: number) => number;
  readonly most: number;
  readonly least: number;
}

/** Draws what one SLO measured over time, with its limit, the fault, the first effect and the recovery. */
export function plotOf(report: DrillReport, slo: SloReport): string {
  const { readings, name, is } = slo;
  const [first, last] = [readings[0]?.at, readings.at(-1)?.at];
  if (first === undefined || last === undefined || last <= first) return '<p class="none">Nothing was measured.</p>';
  const scale = scaleOf(slo, first, last);
  const base = HEIGHT - EDGE.bottom;
  const what = `${name} over time, wanted ${is}: ${slo.detail}`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(what)}">
${faultBand(report, scale, base)}
${limitLine(slo, scale)}
${axes(report, scale, first, last, base)}
${line(slo, scale)}
${gaps(slo, scale, base)}
${marksOf(report, slo, scale, base)}
</svg>`;
}

function scaleOf({ readings, limit }: SloReport, first: Instant, last: Instant): Scale {
  const values = readings.flatMap(({ value }) => (value === undefined || !Number.isFinite(value) ? [] : [value]));
  const least = Math.min(0, limit, ...values) * 1.1;
  const most = Math.max(0, limit, ...values) * 1.1 || (least < 0 ? 0 : 1);
  const [width, height] = [WIDTH - EDGE.left - EDGE.right, HEIGHT - EDGE.top - EDGE.bottom];
  return {
    x: (at) => round(EDGE.left + ((Math.min(Math.max(at, first), last) - first) / (last - first)) * width),
    y: (value) => round(EDGE.top + (1 - (Math.min(Math.max(value, least), most) - least) / (most - least)) * height),
    most,
    least,
  };
}

function faultBand({ marks, endedAt }: DrillReport, { x }: Scale, base: number): string {
  const [from, to] = [x(marks.injectedAt), x(marks.takenBackAt ?? endedAt)];
  return `<rect class="fault" x="${from}" y="${EDGE.top}" width="${round(Math.max(1, to - from))}" height="${base - EDGE.top}"/>`;
}

function limitLine({ limit, is }: SloReport, { y }: Scale): string {
  const at = y(limit);
  return `<line class="limit" x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${at}" y2="${at}"/>
<text class="limit-text" x="${WIDTH - EDGE.right - 4}" y="${at - 4}" text-anchor="end">${escaped(is)}</text>`;
}

function axes(
  { marks }: DrillReport,
  { x, y, most, least }: Scale,
  first: Instant,
  last: Instant,
  base: number,
): string {
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].find((s) => (last - first) / 1000 / s <= 9) ?? 1200;
  const begin = Math.ceil((first - marks.injectedAt) / 1000 / step);
  const end = Math.floor((last - marks.injectedAt) / 1000 / step);
  const seconds = Array.from({ length: Math.max(0, end - begin + 1) }, (_, i) => (begin + i) * step);
  const below = seconds.map((s) => {
    const at = x(marks.injectedAt + s * 1000);
    return `<line class="tick" x1="${at}" x2="${at}" y1="${base}" y2="${base + 4}"/><text x="${at}" y="${base + 18}" text-anchor="middle">${s} s</text>`;
  });
  const ends = [0, most / 1.1, least / 1.1].filter((value, i) => i === 0 || Math.abs(value) * 8 > most - least);
  const beside = ends.map(
    (value) => `<text x="${EDGE.left - 8}" y="${y(value) + 4}" text-anchor="end">${escaped(figure(value))}</text>`,
  );
  return `<line class="axis" x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${base}" y2="${base}"/>${below.join('')}${beside.join('')}`;
}

/** One line for each stretch without a gap; a single sample is a dot. */
function line({ readings }: SloReport, { x, y }: Scale): string {
  const stretches: { x: number; y: number }[][] = [[]];
  for (const { at, value } of readings) {
    if (value === undefined || Number.isNaN(value)) stretches.push([]);
    else stretches.at(-1)?.push({ x: x(at), y: y(value) });
  }
  return stretches
    .map((points) => {
      const [only] = points;
      if (only === undefined) return '';
      if (points.length === 1) return `<circle class="dot" cx="${only.x}" cy="${only.y}" r="2"/>`;
      return `<polyline class="value" points="${points.map((point) => `${point.x},${point.y}`).join(' ')}"/>`;
    })
    .join('');
}

/** Samples that are not as wanted, and those that say nothing, on the axis: they are what decides. */
function gaps({ readings, from }: SloReport, { x }: Scale, base: number): string {
  return readings
    .filter(({ status }) => status !== 'held')
    .map(({ at, status }) => {
      const kind = `${status}${at >= from ? ' counts' : ''}`;
      return `<rect class="sample ${kind}" x="${round(x(at) - 2)}" y="${base - 4}" width="4" height="4"/>`;
    })
    .join('');
}

function marksOf({ marks }: DrillReport, { from }: SloReport, { x }: Scale, base: number): string {
  const all = [
    ['fault', marks.injectedAt],
    ['first effect', marks.firstEffectAt],
    ['recovered', marks.recoveredAt === marks.injectedAt ? undefined : marks.recoveredAt],
    ['must hold', from === marks.injectedAt ? undefined : from],
    ['taken back', marks.takenBackAt],
  ] as const;
  const filled = Array.from({ length: LANES }, () => -Infinity);
  return all
    .flatMap(([words, at]) => (at === undefined ? [] : [{ words, place: x(at) }]))
    .toSorted((a, b) => a.place - b.place)
    .map(({ words, place }) => {
      const [anchor, shift, left] =
        place > WIDTH - 140 ? ['end', -3, place - words.length * LETTER] : ['start', 3, place];
      const free = Math.max(
        0,
        filled.findIndex((until) => until < left),
      );
      filled[free] = left + words.length * LETTER;
      const lane = EDGE.top - 6 - free * LANE;
      return `<line class="mark" x1="${place}" x2="${place}" y1="${lane - 6}" y2="${base}"/><text class="mark-text" x="${place + shift}" y="${lane}" text-anchor="${anchor}">${words}</text>`;
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
