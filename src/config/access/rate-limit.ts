import { z } from 'zod';

/** `access.rateLimit`: how many requests a caller may send a minute; alerts are never counted. */
export const rateLimitSchema = z
  .strictObject({ perMinute: z.int().min(10).max(1_000_000).default(1_200) })
  .prefault({});
