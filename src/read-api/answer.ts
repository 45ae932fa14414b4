import type { Pace } from './pace.js';
import { STATUS_OF, TIMED_OUT, type Refusal } from './refusal.js';

/** An answer as it is sent. */
export interface Answer {
  readonly status: number;
  /** JSON. */
  readonly body: string;
}

/** What an answer holds: pieces of JSON, made one after the other, that are joined by commas between two ends. */
export interface Content {
  readonly ok: true;
  readonly before: string;
  readonly pieces: Iterable<string>;
  readonly after: string;
  readonly warnings: readonly string[];
}

/** Plain data as content. */
export function plainly(data: unknown, warnings: readonly string[] = []): Content {
  return { ok: true, before: '', pieces: [JSON.stringify(data)], after: '', warnings };
}

/** A list as content; others have their turn between its items. */
export function listed(items: readonly unknown[], warnings: readonly string[] = []): Content {
  return { ok: true, before: '[', pieces: written(items), after: ']', warnings };
}

/** Writes an answer as Prometheus does. */
export async function write(content: Content | Refusal, pace: Pace): Promise<Answer> {
  if (!content.ok) return refused(content);
  const pieces: string[] = [];
  for (const piece of content.pieces) {
    pieces.push(piece);
    if (pace.isDue && !(await pace.rest())) return refused(TIMED_OUT);
  }
  const { before, after, warnings } = content;
  const more = warnings.length === 0 ? '' : `,"warnings":${JSON.stringify(warnings)}`;
  return { status: 200, body: `{"status":"success","data":${before}${pieces.join(',')}${after}${more}}` };
}

function refused({ errorType, error }: Refusal): Answer {
  return { status: STATUS_OF[errorType], body: JSON.stringify({ status: 'error', errorType, error }) };
}

function* written(items: readonly unknown[]): Generator<string> {
  for (const item of items) yield JSON.stringify(item);
}
