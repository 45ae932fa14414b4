import type { ShownChoice } from './shapes.js';
import { inOneLine, table } from './table.js';

const HEAD = ['', 'CENTRE', 'SCORE', 'REGION', 'VENDOR', 'HEALTH', 'LOAD', 'LATENCY', ''];

/** Writes the table of scores, the best first: what each part adds, and what it was made of. */
export function choiceText({ chosen, insteadOf, service, candidates }: ShownChoice): string[] {
  const among = service === undefined ? 'all centres' : `the centres of ${service}`;
  const rows = candidates.map(({ center, score, parts, health, load, latencyMs, ruledOut = '' }) => [
    center === chosen ? '*' : '',
    center,
    score === undefined ? '-' : points(score),
    points(parts.region),
    points(parts.vendor),
    `${points(parts.health)} (${measured(health)})`,
    `${points(parts.load)} (${measured(load)})`,
    latencyMs === undefined ? '' : `${latencyMs} ms`,
    ruledOut,
  ]);
  return [
    inOneLine(`${chosen} takes over from ${insteadOf}; chosen among ${among}:`),
    ...table(HEAD, rows).map((line) => `  ${line}`),
  ];
}

function points(value: number): string {
  return value === 0 ? '0' : value.toFixed(2);
}

function measured(value: number | undefined): string {
  return value === undefined ? 'not measured' : String(Number(value.toFixed(2)));
}
