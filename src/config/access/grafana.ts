import { z } from 'zod';
import { roleName } from '../../access/role-name.js';
import { duration } from '../../catalog/schema-fields.js';

const roles = z.array(roleName);

/** `access.grafana`: people who are logged in to a Grafana under the same origin. */
export const grafanaSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  /** Where browsers reach Grafana, when that is another origin than FIREBREAK_PUBLIC_URL. */
  origin: z.url({ protocol: /^https?$/ }).optional(),
  /** Only members of this organisation count. */
  organization: z.int().positive().default(1),
  cacheFor: duration(0, 300_000).prefault('30s'),
  roles: z
    .strictObject({ Viewer: roles.optional(), Editor: roles.optional(), Admin: roles.optional() })
    .default({})
    .transform(({ Viewer = ['viewer'], Editor = ['operator'], Admin = ['approver'] }) => ({ Viewer, Editor, Admin })),
});
