import type { Instant } from './alert.js';
import { sayDuration } from './duration.js';

/** What is known of a centre right now; what is not measured is left out. */
export interface CenterCondition {
  /** 0 (down) to 1 (well). */
  readonly health?: number;
  /** 0 (idle) to 1 (full). */
  readonly load?: number;
  /** When it was measured last; a probe that has gone silent leaves it as it was, so that it grows old. */
  readonly at: Instant;
  /** For so long it may be relied on; 10 s when left out. */
  readonly goodForMs?: number;
  /** A probe is asked, and has never been able to tell. */
  readonly untold?: true;
}

/** The conditions of the centres, by their id. */
export type CenterConditions = { readonly [center: string]: CenterCondition };

/** Where it is known how the centres are. */
export interface CenterReports {
  /** The latest condition of each centre that a standing probe measures. */
  conditions(): CenterConditions;
}

/** What the topology says of the centres, as far as it counts when one is chosen. */
export interface CenterMap {
  readonly centers: { readonly [id: string]: { readonly region: string; readonly vendor: string } };
  readonly pairs: readonly { readonly between: readonly [string, string]; readonly latencyMs: number }[];
  /** Where each service can run. */
  readonly services: { readonly [service: string]: { readonly centers: readonly string[] } };
}

/** How the centres are now. */
export interface CentersNow {
  readonly conditions: CenterConditions;
  /** Those that are out of service: for each, who took it out. */
  readonly outOfService: { readonly [center: string]: readonly string[] };
}

/** What is known when nobody measures anything and every centre serves. */
export const NOTHING_KNOWN: CentersNow = { conditions: {}, outOfService: {} };

/** One row of the table of scores. */
export interface Candidate {
  readonly center: string;
  /** 0 to 1, the sum of the parts; absent when the centre may not be chosen. */
  readonly score?: number;
  /** What each adds to the score. */
  readonly parts: { readonly region: number; readonly vendor: number; readonly health: number; readonly load: number };
  /** As measured; absent when nobody measures it. */
  readonly health?: number;
  /** As measured; absent when nobody measures it. */
  readonly load?: number;
  /** From the centre that is replaced, as the topology says; absent when it does not. */
  readonly latencyMs?: number;
  /** Why it may not be chosen. */
  readonly ruledOut?: string;
}

/** How the centre that takes over was chosen: the best first. */
export interface Choice {
  readonly insteadOf: string;
  readonly chosen: string;
  /** The service whose centres were looked at; absent when it was all of them. */
  readonly service?: string;
  /** When they were looked at. */
  readonly at: Instant;
  readonly candidates: readonly Candidate[];
}

/** What came of choosing: a centre, or why there is none. */
export type Ranked =
  | (Choice & { readonly none?: never })
  | { readonly none: true; readonly candidates: readonly Candidate[]; readonly detail: string };

/** What is chosen among, and for what. */
export interface Vacancy {
  /** The centre that is to be replaced. */
  readonly insteadOf: string;
  /** Ids of centres that the map has, in any order. */
  readonly candidates: readonly string[];
  readonly service?: string;
}

/** How much each part can add to a score; together 1. */
export const WEIGHTS = { region: 0.4, vendor: 0.3, health: 0.2, load: 0.1 } as const;

const FRESH_MS = 10_000;

/**
 * Ranks the centres that could stand in for another one: those in the same region and of the same vendor first, then
 * those that are well and idle. What is not measured adds nothing; who may not be chosen has a reason.
 *
 * @param vacancy which centre is replaced, and by which it could be
 * @param map what the topology says of them
 * @param centers how they are
 * @param now by the clock that the conditions were measured by
 */
export function rank(vacancy: Vacancy, map: CenterMap, centers: CentersNow, now: Instant): Ranked {
  const { insteadOf, service } = vacancy;
  const candidates = [...new Set(vacancy.candidates)]
    .map((center) => candidate(center, insteadOf, map, centers, now))
    .toSorted(better);
  const [best] = candidates;
  if (best?.score === undefined) return { none: true, candidates, detail: nobody(insteadOf, service, candidates) };
  return {
    insteadOf,
    chosen: best.center,
    ...(service === undefined ? {} : { service }),
    at: now,
    candidates,
  };
}

function candidate(
  center: string,
  insteadOf: string,
  { centers: known, pairs }: CenterMap,
  { conditions, outOfService }: CentersNow,
  now: Instant,
): Candidate {
  const [one, other] = [known[center], known[insteadOf]];
  const condition = Object.hasOwn(conditions, center) ? conditions[center] : undefined;
  const { health, load } = condition ?? {};
  const parts = {
    region: one !== undefined && one.region === other?.region ? WEIGHTS.region : 0,
    vendor: one !== undefined && one.vendor === other?.vendor ? WEIGHTS.vendor : 0,
    health: health === undefined ? 0 : rounded(WEIGHTS.health * within(health)),
    load: load === undefined ? 0 : rounded(WEIGHTS.load * (1 - within(load))),
  };
  const latencyMs = pairs.find(({ between }) => between.includes(center) && between.includes(insteadOf))?.latencyMs;
  const takenOutBy = Object.hasOwn(outOfService, center) ? outOfService[center] : undefined;
  const ruledOut =
    center === insteadOf ? 'it is the one to be replaced' : (outText(takenOutBy) ?? conditionText(condition, now));
  return {
    center,
    ...(ruledOut === undefined
      ? { score: rounded(parts.region + parts.vendor + parts.health + parts.load) }
      : { ruledOut }),
    parts,
    ...(health === undefined ? {} : { health }),
    ...(load === undefined ? {} : { load }),
    ...(latencyMs === undefined || center === insteadOf ? {} : { latencyMs }),
  };
}

function outText(by: readonly string[] | undefined): string | undefined {
  return by === undefined || by.length === 0 ? undefined : `out of service (${by.join(', ')})`;
}

/** Tells whether a condition may still be relied on. */
export function isFresh({ at, goodForMs = FRESH_MS, untold }: CenterCondition, now: Instant): boolean {
  return untold !== true && now - at <= goodForMs;
}

/** What is old is not believed, whatever it says. */
function conditionText(condition: CenterCondition | undefined, now: Instant): string | undefined {
  if (condition === undefined) return undefined;
  const { at, health, untold } = condition;
  if (untold === true) return 'its probe has not been able to tell how it is';
  if (!isFresh(condition, now)) return `not asked for ${sayDuration(now - at)}, so that nobody knows how it is`;
  return health !== undefined && within(health) === 0 ? 'it is down: its health is 0' : undefined;
}

/** A measurement out of bounds, or none at all, must not outweigh everything else. */
function within(value: number): number {
  return value > 0 ? Math.min(1, value) : 0;
}

/** Scores that people could not tell apart are equal; then the nearer centre is the better one. */
function rounded(value: number): number {
  return Number(value.toFixed(4));
}

/** The higher score first, then the nearer one, then by name; those that may not be chosen last. */
function better(a: Candidate, b: Candidate): number {
  const score = (b.score ?? -1) - (a.score ?? -1);
  if (score !== 0) return score;
  const nearer = compare(a.latencyMs ?? Infinity, b.latencyMs ?? Infinity);
  return nearer === 0 ? compare(a.center, b.center) : nearer;
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function nobody(insteadOf: string, service: string | undefined, candidates: readonly Candidate[]): string {
  const where = service === undefined ? '' : ` for ${service}`;
  const others = candidates.filter(({ center }) => center !== insteadOf);
  const reasons = others.map(({ center, ruledOut = '' }) => `${center}: ${ruledOut}`);
  return `no centre can take over from ${insteadOf}${where}: ${reasons.join('; ') || 'there is no other'}`;
}
