import { z } from 'zod';
import type { Origin } from '../core/origin.js';
import type { Pause } from '../core/pause.js';
import type { Message } from '../plugin-sdk/call.js';
import type { Attempt, Fact, Letter, LetterRecord, PendingFact, Reminder, Taken } from './outbox.js';

const instant = z.number();
/** Only the outline is looked at: what was written by these programs fits. */
const pause = z.custom<Pause>((value) => z.looseObject({ id: z.string(), scope: z.string() }).safeParse(value).success);
const message = z.custom<Message>(
  (value) => z.looseObject({ id: z.string(), event: z.string(), title: z.string() }).safeParse(value).success,
);
const mode = z.enum(['observe', 'approve', 'auto']);

const factSchema: z.ZodType<Fact> = z.discriminatedUnion('is', [
  z.object({
    is: z.literal('saved'),
    id: z.string(),
    seq: z.number(),
    at: instant,
    lowered: z.object({ to: mode, why: z.enum(['not-verified', 'harmful', 'recurring', 'asks']) }).exactOptional(),
  }),
  z.object({ is: z.literal('paused'), pause }),
  z.object({ is: z.literal('break-glass'), by: z.string(), from: z.string(), at: instant }),
  z.object({ is: z.literal('lifted'), pause, by: z.string(), at: instant, reason: z.string().exactOptional() }),
]);

const originSchema: z.ZodType<Origin> = z.object({
  requestId: z.string().exactOptional(),
  traceparent: z.string().exactOptional(),
  tracestate: z.string().exactOptional(),
  traceId: z.string().exactOptional(),
});
const letterSchema: z.ZodType<Letter> = z.object({
  notifier: z.string(),
  message,
  origin: originSchema.exactOptional(),
});

const attemptSchema: z.ZodType<Attempt> = z.object({
  attempt: z.number(),
  at: instant,
  endedAt: instant.exactOptional(),
  result: z.enum(['delivered', 'again', 'given-up', 'unknown']),
  detail: z.string().exactOptional(),
});

const takenSchema: z.ZodType<Taken> = z.object({
  by: z.string(),
  at: instant,
  until: instant,
  reason: z.string().exactOptional(),
});

const recordSchema = z.object({
  m: z.string(),
  s: z.enum(['waiting', 'delivered', 'given-up']),
  at: z.coerce.number(),
  due: z.coerce.number().optional(),
  done: z.coerce.number().optional(),
});

/** Reads a fact; undefined when it is none, so that one which cannot be read keeps no others waiting. */
export function readFact(text: string): PendingFact | undefined {
  const read = factSchema.safeParse(JSON.parse(text));
  return read.success ? { text, fact: read.data } : undefined;
}

/** Reads a letter. */
export function readLetter(text: string): Letter {
  return letterSchema.parse(JSON.parse(text));
}

/** Reads who looks after an execution. */
export function readTaken(text: string): Taken {
  return takenSchema.parse(JSON.parse(text));
}

/** Reads a letter with its log; undefined when it is not there any more. */
export function readLetterRecord(
  kept: Readonly<Record<string, string>>,
  log: readonly string[],
): LetterRecord | undefined {
  const read = recordSchema.safeParse(kept);
  if (!read.success) return undefined;
  const { m, s: state, at: putAt, due, done } = read.data;
  return {
    ...readLetter(m),
    state,
    putAt,
    ...(due === undefined ? {} : { dueAt: due }),
    ...(done === undefined ? {} : { doneAt: done }),
    attempts: log.map((line) => attemptSchema.parse(JSON.parse(line))),
  };
}

/** Tells whether a text names a reminder. */
export function isReminder(text: string): text is Reminder {
  return text.startsWith('held|') || text.startsWith('approval|');
}
