import { randomBytes } from 'node:crypto';

let wanted: string | undefined;

/** The trace that is begun in `begin`, if one is, has this id: it is what a sender without `traceparent` calls it. */
export function withTraceId<T>(traceId: string | undefined, begin: () => T): T {
  wanted = traceId;
  try {
    return begin();
  } finally {
    wanted = undefined;
  }
}

const POOL = 4_096;
let pool = '';
let at = 0;

/** Random digits are asked of the system for many spans at once. */
function digits(count: number): string {
  if (at + count > pool.length) {
    pool = randomBytes(POOL).toString('hex');
    at = 0;
  }
  at += count;
  return pool.slice(at - count, at);
}

/** Makes the ids of traces and spans. */
export const spanIds = {
  generateTraceId: (): string => wanted ?? digits(32),
  generateSpanId: (): string => digits(16),
};
