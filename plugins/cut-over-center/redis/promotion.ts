import { z } from 'zod';

/** Shape of what the plan of a promotion keeps. */
export const promotionSchema = z.strictObject({
  /** Unplanned: the old primary did not answer. */
  kind: z.enum(['nothing', 'planned', 'unplanned']),
  /** The history of writes that the new primary must come out of. */
  history: z.string(),
  /** What `to` had for `min-replicas-to-write`, and what it is to begin with. */
  toHad: z.int(),
  toGets: z.int(),
  /** What `from` is left with once it is a replica. */
  fromGets: z.int(),
});

/** What the plan of a promotion keeps. */
export type Promotion = z.infer<typeof promotionSchema>;
