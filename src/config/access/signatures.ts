import { z } from 'zod';
import { shortName } from '../../catalog/schema-fields.js';

/** `access.signatures`: senders of alerts that sign what they send, as Grafana's contact points do. */
export const signaturesSchema = z
  .array(z.strictObject({ name: shortName, secret: z.string().min(16, 'must have at least 16 characters') }))
  .default([]);
