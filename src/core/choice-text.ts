import type { Candidate, Choice } from './affinity.js';

/** Says in one line who was chosen, and instead of whom. */
export function choiceText({ chosen, insteadOf, service }: Choice): string {
  const among = service === undefined ? 'all centres' : `the centres of ${service}`;
  return `${chosen} was chosen among ${among} to take over from ${insteadOf}`;
}

/** Says in one line how a candidate came by its score, or why it may not be chosen. */
export function candidateText({ center, score, parts, health, load, latencyMs, ruledOut }: Candidate): string {
  if (score === undefined) return `${center} is ruled out: ${ruledOut ?? ''}`;
  const said = [
    `region ${points(parts.region)}`,
    `vendor ${points(parts.vendor)}`,
    `health ${points(parts.health)} (${measured(health)})`,
    `load ${points(parts.load)} (${measured(load)})`,
    ...(latencyMs === undefined ? [] : [`${latencyMs} ms away`]),
  ];
  return `${center} scores ${points(score)}: ${said.join(', ')}`;
}

function points(value: number): string {
  return value === 0 ? '0' : value.toFixed(2);
}

function measured(value: number | undefined): string {
  return value === undefined ? 'not measured' : `measured ${Number(value.toFixed(2))}`;
}
