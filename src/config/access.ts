import { z } from 'zod';
import { grafanaSchema } from './access/grafana.js';
import { jwtSchema } from './access/jwt.js';
import { localSchema } from './access/local.js';
import { oidcSchema } from './access/oidc.js';
import { grantsSchema, peopleSchema } from './access/people.js';
import { proxySchema } from './access/proxy.js';
import { rateLimitSchema } from './access/rate-limit.js';
import { sessionsSchema } from './access/sessions.js';
import { slackSchema } from './access/slack.js';
import { signaturesSchema } from './access/signatures.js';

/** `access` of firebreak.yaml: who may do what beside the tokens, and how people show who they are. */
export const accessSchema = z.strictObject({
  people: peopleSchema,
  grants: grantsSchema,
  oidc: oidcSchema.optional(),
  grafana: grafanaSchema.optional(),
  proxy: proxySchema.optional(),
  jwt: jwtSchema.optional(),
  local: localSchema,
  signatures: signaturesSchema,
  slack: slackSchema.optional(),
  sessions: sessionsSchema,
  rateLimit: rateLimitSchema,
});

/** `access` of firebreak.yaml as read; durations are in milliseconds. */
export type AccessSettings = z.output<typeof accessSchema>;

/** What holds when firebreak.yaml says nothing of it. */
export const NO_ACCESS: AccessSettings = accessSchema.parse({});
