import { z } from 'zod';
import { duration } from '../../catalog/schema-fields.js';

/** `access.sessions`: how long a login lasts without a click, and at most. */
export const sessionsSchema = z
  .strictObject({ idle: duration(60_000).prefault('8h'), most: duration(60_000).prefault('24h') })
  .prefault({});
