import type { Candidate } from '../../core/affinity.js';
import type { Instant } from '../../core/alert.js';
import { choiceText } from '../../core/choice-text.js';
import type { Execution } from '../../core/execution.js';

/** One row of the table of scores, all as texts. */
export interface CandidateModel {
  readonly center: string;
  readonly score: string;
  readonly region: string;
  readonly vendor: string;
  readonly health: string;
  readonly load: string;
  readonly latency: string;
  readonly ruledOut: string;
  readonly chosen: boolean;
}

/** How the centre that takes over was chosen, for the page. */
export interface ChoiceModel {
  readonly says: string;
  readonly at: Instant;
  readonly rows: readonly CandidateModel[];
}

/** Writes the table of scores, or null when no centre was chosen. */
export function choiceModel({ orders: { choice } }: Execution): ChoiceModel | null {
  if (choice === undefined) return null;
  const rows = choice.candidates.map((one) => candidateModel(one, one.center === choice.chosen));
  return { says: choiceText(choice), at: choice.at, rows };
}

function candidateModel(candidate: Candidate, chosen: boolean): CandidateModel {
  const { center, score, parts, health, load, latencyMs, ruledOut = '' } = candidate;
  return {
    center,
    score: score === undefined ? 'ruled out' : score.toFixed(2),
    region: parts.region.toFixed(2),
    vendor: parts.vendor.toFixed(2),
    health: `${parts.health.toFixed(2)} (${measured(health)})`,
    load: `${parts.load.toFixed(2)} (${measured(load)})`,
    latency: latencyMs === undefined ? 'not known' : `${latencyMs} ms`,
    ruledOut,
    chosen,
  };
}

function measured(value: number | undefined): string {
  return value === undefined ? 'not measured' : String(Number(value.toFixed(2)));
}
