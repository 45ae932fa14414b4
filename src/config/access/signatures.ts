import { z } from 'zod';
import { shortName } from '../../catalog/schema-fields.js';
import { headerName } from './header-name.js';

const secret = z.string().min(16, 'must have at least 16 characters');

const TAKEN = ['connection', 'content-encoding', 'content-length', 'content-type', 'transfer-encoding'];

const header = headerName.refine((name) => !TAKEN.includes(name), {
  error: `must not be one of ${TAKEN.join(', ')}`,
});

/** `access.signatures`: senders of alerts that sign what they send, as Grafana's contact points do. */
export const signaturesSchema = z
  .array(
    z
      .strictObject({
        name: shortName,
        /** One, or two while it is rotated. */
        secret: z.union([secret, z.array(secret).min(1).max(2)], {
          error: ({ input }) => (input === undefined ? undefined : 'must be a text, or a list of two'),
        }),
        /** Grafana's "Header". */
        header: header.default('x-grafana-alerting-signature'),
        /** Grafana's "Timestamp Header", which has no name as long as nobody gives it one. */
        timestampHeader: header.default('x-grafana-alerting-timestamp'),
        /** Refuse what carries no timestamp. */
        requireTimestamp: z.boolean().default(false),
      })
      .refine((one) => one.header !== one.timestampHeader, { error: 'header and timestampHeader must differ' }),
  )
  .superRefine((senders, ctx) => {
    for (const [i, { name }] of senders.entries())
      if (senders.findIndex((other) => other.name === name) < i)
        ctx.addIssue({ code: 'custom', path: [i, 'name'], message: `"${name}" stands above already` });
  })
  .default([]);

/** One sender of alerts that signs what it sends. */
export type SignatureSettings = z.output<typeof signaturesSchema>[number];
