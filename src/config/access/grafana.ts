import { z } from 'zod';
import { roleName } from '../../access/role-name.js';
import { duration } from '../../catalog/schema-fields.js';
import { baseUrl, origin } from './address.js';

const roles = z.array(roleName);

/** `access.grafana`: people who are logged in to a Grafana under the same origin. */
export const grafanaSchema = z.strictObject({
  /** Where Firebreak reaches it, with its sub-path if it has one. */
  url: baseUrl,
  /** Where browsers reach Grafana, when that is another origin than FIREBREAK_PUBLIC_URL. */
  origin: origin.optional(),
  /** Grafana's setting login_cookie_name. */
  cookie: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'must be the name of a cookie')
    .default('grafana_session'),
  /** Only members of this organisation count. */
  organization: z.int().positive().default(1),
  cacheFor: duration(0, 300_000).prefault('30s'),
  /** For both questions together. */
  timeout: duration(100, 10_000).prefault('3s'),
  /** Whether only administrators can set the addresses of Grafana's users: then an address says who somebody is. */
  trustEmail: z.boolean().default(false),
  roles: z
    .strictObject({ Viewer: roles.optional(), Editor: roles.optional(), Admin: roles.optional() })
    .default({})
    .transform(({ Viewer = ['viewer'], Editor = ['operator'], Admin = ['approver'] }) => ({ Viewer, Editor, Admin })),
});

/** `access.grafana` as read; durations are in milliseconds. */
export type GrafanaSettings = z.output<typeof grafanaSchema>;
