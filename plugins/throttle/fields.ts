import { z } from 'zod';
import { positiveDuration } from '../clients/positive-duration.js';

/** The largest limit that may be set: what the narrowest of the targets can count to. */
export const MAX_LIMIT = 1_000_000_000;

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;

const steps = z
  .strictObject({
    /** How much of the way back is gone by each step, in percent. */
    stages: z
      .array(z.int().min(1).max(100))
      .min(1)
      .max(20)
      .refine(
        (all) => all.at(-1) === 100 && all.every((one, i) => i === 0 || one > (all[i - 1] ?? 0)),
        'must rise and end with 100',
      )
      .default([25, 50, 100]),
    /** From one step to the next, and from one look to the next while it waits. */
    every: positiveDuration('30s').refine((ms) => ms >= 100 && ms <= HOUR_MS, 'must be 100ms to 1h'),
    /** All of them together; then a person is told. */
    within: positiveDuration('10m').refine((ms) => ms <= 24 * HOUR_MS, 'must be at most 24h'),
  })
  .refine(({ stages, every, within }) => within >= stages.length * every, {
    path: ['within'],
    message: 'must leave time for every stage',
  });

/** What every throttle is told: the limit, and how it is lifted when nobody needs it any more. */
export const limitFields = {
  /** Never 0, which means "nothing" to some targets and "everything" to others. */
  limit: z.int().min(1).max(MAX_LIMIT),
  /** What 100 % of the way back means where there is no limit now. */
  full: z.int().min(1).max(MAX_LIMIT).optional(),
  /** Times are in milliseconds once parsed. */
  lift: z.union([z.literal('at-once'), steps]).prefault({}),
};

const fields = z.strictObject(limitFields);

/** That part of the parameters as parsed. */
export type LimitParams = z.infer<typeof fields>;

/** For `refine`: what counts as full is more than the limit. */
export const fullIsMore: [(params: LimitParams) => boolean, { path: string[]; message: string }] = [
  ({ limit, full }) => full === undefined || full > limit,
  { path: ['full'], message: 'must be more than limit' },
];

/** What every throttle keeps: what the limit was, null where there was none. */
export const beforeSchema = z.strictObject({ limit: z.int().min(0).nullable() });

/** What `plan` keeps. */
export type Before = z.infer<typeof beforeSchema>;
