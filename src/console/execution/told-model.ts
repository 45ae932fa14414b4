import type { Instant } from '../../core/alert.js';
import type { Attempt, LetterRecord } from '../../engine/outbox.js';

/** So many messages are written on the page of an execution: the latest. */
export const MOST_TOLD = 50;
/** So many attempts that failed are written of each: the latest. */
const MOST_FAILED = 3;

/** What became of telling somebody, for the page. */
export interface ToldModel {
  readonly notifier: string;
  readonly event: string;
  readonly title: string;
  readonly at: Instant;
  readonly word: 'delivered' | 'waits' | 'given up';
  readonly tone: 'good' | 'warn' | 'bad';
  readonly doneAt: Instant | null;
  /** When it is tried again. */
  readonly nextAt: Instant | null;
  readonly failed: readonly { readonly attempt: number; readonly at: Instant; readonly why: string }[];
}

const WORDS = { delivered: 'delivered', waiting: 'waits', 'given-up': 'given up' } as const;

/**
 * Says who was told of an execution, and what became of it.
 *
 * @param letters newest first
 */
export function toldModel(id: string, letters: readonly LetterRecord[]) {
  return {
    items: letters.slice(0, MOST_TOLD).map(letterModel),
    more: letters.length > MOST_TOLD,
    whole: `/api/v1/messages?execution=${encodeURIComponent(id)}&limit=500`,
  };
}

function letterModel({ notifier, message, state, putAt, dueAt, doneAt, attempts }: LetterRecord): ToldModel {
  const isUnderWay = state === 'waiting' && attempts.at(-1)?.result === 'unknown';
  return {
    notifier,
    event: message.event,
    title: message.title,
    at: putAt,
    word: WORDS[state],
    tone: state === 'delivered' ? 'good' : state === 'given-up' ? 'bad' : 'warn',
    doneAt: doneAt ?? null,
    nextAt: isUnderWay || attempts.length === 0 ? null : (dueAt ?? null),
    failed: attempts
      .filter((one) => one.result !== 'delivered' && !(isUnderWay && one === attempts.at(-1)))
      .slice(-MOST_FAILED)
      .map(failedModel),
  };
}

function failedModel({ attempt, at, endedAt, result, detail }: Attempt): ToldModel['failed'][number] {
  const gone = 'whoever sent it ended before it could say what came of it';
  return { attempt, at: endedAt ?? at, why: detail ?? (result === 'unknown' ? gone : 'no reason was given') };
}
