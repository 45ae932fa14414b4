import type { ClaimRefusal } from '../core/claim-refusal.js';
import type { JournalEntry } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import type { Pause } from '../core/pause.js';
import type { KeptDecisions } from './decision-text.js';
import type { Signal } from './execution-store.js';

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

function isRefusal(value: unknown): value is ClaimRefusal {
  return isObject(value) && typeof value['because'] === 'string';
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

/** Reads an execution. */
export const readExecution = reader('execution', isExecution);
/** Reads news of an alert. */
export const readSignal = reader('signal', isSignal);
/** Reads an entry of a journal. */
export const readJournalEntry = reader('journal entry', isJournalEntry);
/** Reads why a claim could not be taken. */
export const readRefusal = reader('refusal', isRefusal);
/** Reads the decisions about one alert. */
export const readDecisions = reader('decision record', isKeptDecisions);
/** Reads an entry of the decision log. */
export const readDecisionEntry = reader('entry of the decision log', areKeptDecisions);
/** Reads a pause. */
export const readPause = reader('pause', isPause);
