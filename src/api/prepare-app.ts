import fastifyCookie from '@fastify/cookie';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Callers } from '../access/callers.js';
import { identifyCallers } from '../access/identify-callers.js';
import { isOpen } from '../access/is-open.js';
import { tellOfRefusals } from '../access/refused-people.js';
import { senderOf } from '../access/sender.js';
import type { Config } from '../config.js';
import { limitRequests } from '../http/rate-limit.js';
import { measureRequests } from '../http/measure-requests.js';
import { refuseOtherOrigins } from '../http/same-origin.js';
import { addSecurityHeaders } from '../http/security-headers.js';
import { CONFIG, LOGGER } from '../parts.js';
import type { Log } from '../telemetry/logger.js';
import { Metrics } from '../telemetry/metrics.js';
import { ApiDescription } from './api-description.js';

/** How the application must be created, beside `fastifyAdapter()`: bodies are parsed by our own parser only. */
export const APP_OPTIONS = { bodyParser: false } as const;

/** Adds what depends on settings to an application that was created and is not yet listening. */
export async function prepareApp(app: NestFastifyApplication): Promise<void> {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const config = app.get<Pick<Config, 'publicUrl' | 'tokens' | 'access'>>(CONFIG);
  const { publicUrl, access } = config;
  const open = isOpen(config);
  measureRequests(fastify, app.get(Metrics));
  addSecurityHeaders(fastify, publicUrl);
  refuseOtherOrigins(fastify, { publicUrl, open, ...grafanaOrigin(access) });
  await fastify.register(fastifyCookie);
  identifyCallers(fastify, app.get(Callers));
  tellOfRefusals(fastify, app.get<Log>(LOGGER));
  // without any credential everybody is the same person on the same machine
  if (!open) await limitRequests(fastify, access.rateLimit.perMinute, senderOf);
  app.get(ApiDescription).describe(app);
}

function grafanaOrigin({ grafana }: Pick<Config['access'], 'grafana'>): { grafana?: string } {
  return grafana?.origin === undefined ? {} : { grafana: grafana.origin };
}
