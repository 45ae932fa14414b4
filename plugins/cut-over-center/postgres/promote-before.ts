import { z } from 'zod';
import { isolationSchema } from './isolation.js';

/** What must be restored, and what was known. */
export const promoteBeforeSchema = z.strictObject({
  /** Whether applications could write to the old primary when this step was reached. */
  open: z.boolean(),
  /** What ALTER SYSTEM had set as `synchronous_standby_names` on both; null: nothing, or it could not be asked. */
  fromNames: z.string().nullable(),
  toNames: z.string().nullable(),
  mark: z.string().nullable(),
  isolation: isolationSchema.nullable(),
});
/** What `plan` keeps. */
export type PromoteBefore = z.infer<typeof promoteBeforeSchema>;
