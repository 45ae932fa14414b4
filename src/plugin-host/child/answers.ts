import { z } from 'zod';
import { cut } from './cut.js';
import { anyJson } from './messages.js';

const ms = z.number().nonnegative();
/** Sentences for people stand in journals, pages and logs. */
const LONGEST_TEXT = 4_000;
const text = z.string().transform((said) => cut(said, LONGEST_TEXT));
const name = z.string().max(1_000);
const few = <T extends z.ZodType>(value: T) =>
  z.record(name, value).refine((all) => Object.keys(all).length <= 100, 'has more than 100 members');

/** What `check` answers. */
export const checkSchema = z.discriminatedUnion('needed', [
  z.object({ needed: z.literal(true) }),
  z.object({ needed: z.literal(false), because: text }),
]);

/** What `plan` answers. */
export const planSchema = z.object({
  summary: text,
  changes: z.array(z.object({ resource: name, attribute: name, from: anyJson, to: anyJson })),
  before: anyJson,
  facts: few(name).exactOptional(),
  reversible: z.boolean().exactOptional(),
  asks: text.exactOptional(),
  dataLossMs: z.union([z.number().nonnegative(), z.literal('unknown')]).exactOptional(),
  liftWithinMs: ms.exactOptional(),
});

/** What `apply` and `revert` answer. */
export const progressSchema = z.discriminatedUnion('done', [
  z.object({ done: z.literal(true) }),
  z.object({ done: z.literal(false), againInMs: ms }),
]);

/** What `verify` answers. */
export const verifySchema = z.discriminatedUnion('took', [
  z.object({ took: z.literal(true) }),
  z.object({ took: z.literal(false), detail: text }),
]);

/** What a probe answers. */
export const measurementSchema = z.object({
  status: z.enum(['healthy', 'unhealthy', 'unknown']),
  value: z.number().exactOptional(),
  values: few(z.number()).exactOptional(),
  detail: text,
});
