import type { ClaimRefusal, OpeningRefusal } from '../core/claim-refusal.js';
import type { JournalEntry } from '../core/event.js';
import type { DrillResult } from '../core/drill-result.js';
import type { Execution } from '../core/execution.js';
import type { Pause } from '../core/pause.js';
import type { AuditFact, AuditRecord } from './audit.js';
import type { KeptDecisions } from './decision-text.js';
import type { DataLoss } from '../core/step-plan.js';
import type { CenterMove } from '../core/serving-rule.js';
import { FIGURES, type Figure } from '../core/scorecard.js';
import type { KnownAlert, Saved, Signal } from './execution-store.js';
import type { Storm, Trust } from './governance.js';

type Fields = { readonly [name: string]: unknown };

/**
 * Reads JSON that this store wrote. Only its outline is looked at: what was written by these programs fits, and what
 * somebody else put there is refused before it is believed.
 *
 * @throws Error when it has another shape
 */
function reader<T>(what: string, fits: (value: unknown) => value is T): (text: string) => T {
  return (text) => {
    const value: unknown = JSON.parse(text);
    if (fits(value)) return value;
    throw new Error(`the store holds something that is no ${what}`);
  };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isExecution(value: unknown): value is Execution {
  if (!isObject(value) || typeof value['id'] !== 'string' || typeof value['epoch'] !== 'number') return false;
  return (
    isObject(value['state']) &&
    typeof value['state']['phase'] === 'string' &&
    isObject(value['orders']) &&
    Array.isArray(value['steps'])
  );
}

function isSignal(value: unknown): value is Signal {
  return isObject(value) && (value['type'] === 'alert-resolved' || value['type'] === 'alert-refired');
}

function isJournalEntry(value: unknown): value is JournalEntry {
  return (
    isObject(value) &&
    typeof value['seq'] === 'number' &&
    isObject(value['event']) &&
    typeof value['event']['type'] === 'string'
  );
}

function isDrillResult(value: unknown): value is DrillResult {
  return (
    isObject(value) &&
    typeof value['drill'] === 'string' &&
    typeof value['startedAt'] === 'number' &&
    typeof value['passed'] === 'boolean' &&
    Array.isArray(value['slos']) &&
    Array.isArray(value['executions'])
  );
}

function isRefusal(value: unknown): value is ClaimRefusal {
  return isObject(value) && typeof value['because'] === 'string';
}

function isOpeningRefusal(value: unknown): value is OpeningRefusal {
  return isRefusal(value) && value.because !== 'not-trusted';
}

function isProposal(value: unknown): value is NonNullable<Storm['proposal']> {
  return isObject(value) && typeof value['detail'] === 'string';
}

type Lowered = Pick<Trust, 'to' | 'why'>;

function isTrust(value: Fields): value is Fields & Lowered {
  return (
    (value['to'] === 'observe' || value['to'] === 'approve') &&
    (value['why'] === 'not-verified' || value['why'] === 'harmful')
  );
}

/** Reads how far a runbook is trusted; undefined when nothing limits it. */
export function readTrust(kept: Readonly<Record<string, string>>): Trust | undefined {
  const { cap: to, why, id: executionId = '', at } = kept;
  const trust = { to, why };
  return isTrust(trust) ? { to: trust.to, why: trust.why, executionId, at: Number(at) } : undefined;
}

/** Reads the figures of a runbook; what was never counted is 0. */
export function readCounts(kept: Readonly<Record<string, string>>): { [figure in Figure]: number } {
  const counts = Object.fromEntries(FIGURES.map((figure) => [figure, Number(kept[figure] ?? 0)]));
  const zero = { fired: 0, verified: 0, notVerified: 0, harmful: 0, unverifiable: 0, reverted: 0, failed: 0 };
  return { ...zero, held: 0, observed: 0, clearedByItself: 0, ...counts };
}

/** Reads how far back acknowledged writes may be missing. */
export function readRecoveryPoint(kept: string): DataLoss {
  const ms = Number(kept);
  return kept !== '' && Number.isFinite(ms) ? ms : 'unknown';
}

/** Reads what is known of an alert's incidents; undefined when nothing is. */
export function readKnownAlert(kept: Readonly<Record<string, string>>): KnownAlert | undefined {
  const { o, first = 0, last = 0, tomb = -1, flaps = 0 } = kept;
  if (Object.keys(kept).length === 0) return undefined;
  const answers = Object.entries(kept).flatMap(([name, executionId]) => {
    if (!name.startsWith('x:')) return [];
    const runbook = name.slice(2);
    const closedAt = kept[`c:${runbook}`];
    return [{ runbook, executionId, ...(closedAt === undefined ? {} : { closedAt: Number(closedAt) }) }];
  });
  const episode = {
    open: o === '1',
    firstStartsAt: Number(first),
    lastStartsAt: Number(last),
    tombstone: Number(tomb),
    hiddenFlaps: Number(flaps),
  };
  return { episode, answers: answers.toSorted((a, b) => (a.runbook < b.runbook ? -1 : 1)) };
}

/** Reads what lua/append.lua answers. */
export function readSaved(answer: string): Saved {
  if (answer === 'saved') return { saved: 'yes' };
  if (answer === 'stale') return { saved: 'stale' };
  const value: unknown = JSON.parse(answer);
  if (isObject(value) && isRefusal(value['refusal'])) return { saved: 'refused', refusal: value['refusal'] };
  if (isObject(value) && isObject(value['lowered']) && isTrust(value['lowered'])) {
    const { to, why } = value['lowered'];
    return { saved: 'yes', lowered: { to, why } };
  }
  throw new Error('the store answers something that is no answer to a save');
}

function isKeptDecisions(value: unknown): value is KeptDecisions {
  return (
    isObject(value) && typeof value['at'] === 'number' && isObject(value['seen']) && Array.isArray(value['decisions'])
  );
}

function areKeptDecisions(value: unknown): value is KeptDecisions[] {
  return Array.isArray(value) && value.every(isKeptDecisions);
}

function isPause(value: unknown): value is Pause {
  return isObject(value) && typeof value['id'] === 'string' && typeof value['scope'] === 'string';
}

function isAuditFact(value: unknown): value is AuditFact {
  return (
    isObject(value) &&
    typeof value['n'] === 'number' &&
    typeof value['at'] === 'number' &&
    typeof value['what'] === 'string' &&
    typeof value['of'] === 'string'
  );
}

function areOwners(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((owner) => typeof owner === 'string');
}

function isMove(value: unknown): value is CenterMove {
  return (
    isObject(value) &&
    (value['way'] === 'out' || value['way'] === 'in') &&
    typeof value['at'] === 'number' &&
    typeof value['by'] === 'string'
  );
}

/** Reads an entry of the audit's stream as it is; whether it is right is for verify-audit.ts to say. */
export function readAuditRecord([id, fields]: readonly [string, readonly string[]]): AuditRecord {
  const [, text = '', , hash = ''] = fields;
  const sound = /^[1-9]\d*-0$/.test(id) && fields.length === 4 && fields[0] === 'a' && fields[2] === 'h';
  return { n: sound ? Number.parseInt(id) : NaN, text, hash };
}

/** Reads an execution. */
export const readExecution = reader('execution', isExecution);
/** Reads news of an alert. */
export const readSignal = reader('signal', isSignal);
/** Reads an entry of a journal. */
export const readJournalEntry = reader('journal entry', isJournalEntry);
/** Reads why a claim of an opening could not be taken. */
export const readOpeningRefusal = reader('refusal of an opening', isOpeningRefusal);
/** Reads what was proposed for a storm. */
export const readProposal = reader('proposal', isProposal);
/** Reads the decisions about one alert. */
export const readDecisions = reader('decision record', isKeptDecisions);
/** Reads an entry of the decision log. */
export const readDecisionEntry = reader('entry of the decision log', areKeptDecisions);
/** Reads who took a centre out of service. */
export const readOwners = reader('list of owners', areOwners);
/** Reads how a drill ended. */
export const readDrillResult = reader('result of a drill', isDrillResult);
/** Reads when a centre was moved last. */
export const readMove = reader('move of a centre', isMove);
/** Reads a record of the audit. */
export const readAuditFact = reader('record of the audit', isAuditFact);
/** Reads a pause. */
export const readPause = reader('pause', isPause);
