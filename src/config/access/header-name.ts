import { z } from 'zod';

/** Headers that say something else already, so that nobody who stands in front can speak through them. */
const TAKEN = ['authorization', 'cookie', 'host', 'origin', 'forwarded', 'x-forwarded-for'];

/** The name of a header in which somebody else says who a caller is; read as lower case. */
export const headerName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/i, 'must be the name of a header')
  .transform((name) => name.toLowerCase())
  .refine((name) => !TAKEN.includes(name), { error: `must not be one of ${TAKEN.join(', ')}` });
